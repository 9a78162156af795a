package io.meridiandb.sql.session;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.TransactionOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the client asks of a transaction that its request opens.
 *
 * @param sequence its number within the session, 0 if the server shall number it
 * @param ackedSequence outcomes up to here are known to the client
 * @param readOnly whether it may write
 * @param bound how fresh its reads are
 */
record TransactionRequest(
    long sequence, long ackedSequence, boolean readOnly, TimestampBound bound) {

  /** Of a read-write transaction that the server runs for itself. */
  static final TransactionRequest OWN =
      new TransactionRequest(0, 0, false, TimestampBound.strong());

  static TransactionRequest of(long sequence, long ackedSequence, TransactionOptions options) {
    return new TransactionRequest(
        sequence,
        ackedSequence,
        options.getReadOnly(),
        TimestampBound.parse(options.getTimestampBound()));
  }

  TransactionRequest asReadOnly() {
    return new TransactionRequest(sequence, ackedSequence, true, bound);
  }

  /** Where it reads if it is read-only; null is now. */
  @Nullable Timestamp readTimestamp(Gateway gateway) {
    return switch (bound.mode()) {
      // The newest state is within every bound.
      case STRONG, MAX_STALENESS -> null;
      case EXACT_STALENESS -> gateway.nowLatest().plus(Duration.ofNanos(-bound.nanos()));
      case READ_TIMESTAMP -> new Timestamp(bound.nanos());
    };
  }
}
