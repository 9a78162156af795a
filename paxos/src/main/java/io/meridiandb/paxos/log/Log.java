package io.meridiandb.paxos.log;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.LogEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The write-ahead log of one server, shared by all its groups: one force makes durable whatever is
 * waiting (group commit). All methods are called on the server strand and never block.
 *
 * <p>Any failure to write or force is final: the log reports it to whoever opened it, and no
 * completion runs any more, so that nothing is acknowledged (fail-stop).
 */
public interface Log {
  /** What was found when the log was opened; fixed from then on, but for {@link #taken}. */
  RecoveredLog recovered();

  /** A replica of the group has taken over what was found: memory holds its entries once. */
  default void taken(GroupId group) {}

  /**
   * Appends records and makes them durable.
   *
   * <p><b>A batch is atomic</b>: after a crash either all its records count or none does. (A
   * replica that adopts another log cuts its own and appends in one batch; half of that would be a
   * lost vote.) Batches become durable in the order of the calls.
   *
   * @param batch one or more records, of any groups; the caller does not change it any more
   * @param onDurable runs on the server strand once the batch and all before it are durable; the
   *     completions run in the order of the calls, never inside this call
   */
  void append(List<LogRecord> batch, Runnable onDurable);

  /**
   * Reads entries back, for a follower that lags behind what the leader keeps in memory. Sees every
   * batch appended before the call, durable or not.
   *
   * @param from first index; above the group's base
   * @param to last index wanted, included
   * @param bytesMax stop before the entry that would pass this many payload bytes; at least one
   *     entry is returned
   * @return consecutive entries from {@code from} on, with their latest stamps; completes on the
   *     server strand; an empty list if {@code from} is no longer, or not yet, in the log
   */
  CompletableFuture<List<LogEntry>> read(GroupId group, long from, long to, long bytesMax);

  /**
   * Whether the disk had no room for a further segment. A leader then takes no new commands
   * (SQLSTATE 53100); what is appended all the same is still made durable while the segment in use
   * and the reserve last, and waits for room after that.
   */
  default boolean full() {
    return false;
  }

  /**
   * Whether the reserve itself is in use: what is left of it is for promises and leases, so a
   * follower then takes no entries any more, as if they had been lost on the way.
   */
  default boolean exhausted() {
    return false;
  }
}
