package io.meridiandb.sql.session;

import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.TransactionOptions;

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

  /** The same, read-only and as of another time. */
  TransactionRequest asOf(TimestampBound other) {
    return new TransactionRequest(sequence, ackedSequence, true, other);
  }

  /**
   * How fresh the reads of a whole transaction must be. Its statements all read at one timestamp,
   * which the first of them finds: within the bound like any other.
   */
  TimestampBound boundOfTransaction() {
    return readOnly ? bound : TimestampBound.strong();
  }
}
