package io.meridiandb.txn.gateway;

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
   * @return null if it cannot be found out now
   */
  @Nullable Outcome resolve(TxnId id);
}
