package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction at its gateway. Used by one fiber at a time; every method may wait.
 *
 * <p>Reads see the transaction's own buffered writes. Errors are {@link
 * io.meridiandb.wire.MeridianException}s: after DEADLOCK_WOUNDED or SERIALIZATION_FAILURE the
 * transaction is aborted and may be run again as a further attempt with its age kept.
 */
public interface Transaction {
  /** Its identity. */
  TxnId id();

  /** Whether it may write. */
  boolean readOnly();

  /**
   * Reads rows. Locking reads and reads of a read-write transaction go to the leaders.
   *
   * @throws SchemaChangedException from here or from the cursor
   */
  RowCursor read(ReadRequest request);

  /**
   * Buffers writes and conditions.
   *
   * @param mutations in order; a later one of a key builds on the earlier
   * @param checkNow whether conditions are checked, and locks taken, before this returns; otherwise
   *     they are checked by the commit
   * @throws ConditionFailedException if one does not hold (with {@code checkNow}, or against the
   *     transaction's own writes)
   */
  void write(List<Mutation> mutations, boolean checkNow, SchemaVersion schema);

  /**
   * Locks all keys of a range, existing or not, for itself until its end; the range counts as
   * written by it: after its commit is prepared no read at or above that timestamp passes it by
   * (the flip of a moving directory, protocol G23).
   */
  void lockRange(KeyRange range);

  /**
   * From now on a read that locks fails with UNAVAILABLE if it has waited for so long: for a
   * transaction that holds what everybody else needs, and may have to wait for a group that has no
   * leader, or for rows locked by others. The commit may take until the transaction's deadline as
   * before. No effect on a transaction that only reads.
   */
  default void waitAtMost(Duration most) {}

  /**
   * Lets one group alone decide whether it commits, if others take part too (explicit mode,
   * protocol G22): for a transaction whose locks there everybody else needs. If it is left behind
   * prepared, that group ends it without asking the others, which may be without a majority. Takes
   * one round more; of no effect if that group takes no part.
   */
  default void decideAt(GroupId group) {}

  /**
   * Commits; returns once every version is durable at a majority and the commit timestamp has
   * surely passed (commit wait).
   *
   * @param schema the version that all its tables were last checked against
   * @return the commit timestamp; of a transaction that wrote nothing, a timestamp at which its
   *     reads hold
   * @throws ConditionFailedException a condition does not hold; the transaction is aborted
   * @throws SchemaChangedException nothing was done; commit again with the newer version
   */
  Timestamp commit(SchemaVersion schema);

  /** Gives it up; no error if it has ended. */
  void rollback();

  /**
   * The group that would be its anchor if it were committed now: known from its first write or lock
   * on. The client should hear of it before it asks for the commit (protocol G14).
   *
   * @return null if there is nothing whose end anybody could ask for
   */
  default @Nullable GroupId anchor() {
    return null;
  }

  /** What it has waited for so far; callable after its end too. */
  default TransactionStatistics statistics() {
    return TransactionStatistics.NONE;
  }
}
