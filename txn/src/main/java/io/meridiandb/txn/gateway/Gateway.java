package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.TxnId;
import org.jspecify.annotations.Nullable;

/** Where transactions of this server's clients are driven. Callable from any fiber. */
public interface Gateway {
  /** Begins a transaction. */
  Transaction begin(TxnId id, TransactionOptions options);

  /** TT.now().latest: what {@code now()} is, and the age of a first attempt. */
  Timestamp nowLatest();

  /** How a transaction ended. */
  sealed interface Outcome {
    record Committed(Timestamp timestamp) implements Outcome {}

    record Aborted() implements Outcome {}

    /** Too old to be told (protocol G13): never "aborted". */
    record Expired() implements Outcome {}
  }

  /**
   * Finds out how a transaction ended, making it end if it has not (protocol C3, RESOLVE).
   *
   * @param id of any of its attempts
   * @param anchor the group that the client has acknowledged as its anchor last (protocol G14)
   * @return null if it cannot be found out now
   */
  @Nullable Outcome resolve(TxnId id, GroupId anchor);

  /** The same for a client that was never told an anchor: it is group 0 then. */
  default @Nullable Outcome resolve(TxnId id) {
    return resolve(id, GroupId.ZERO);
  }
}
