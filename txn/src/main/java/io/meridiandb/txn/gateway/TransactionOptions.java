package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.wire.TimestampBound;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction is begun.
 *
 * @param readOnly it reads at one timestamp and takes no lock
 * @param bound how fresh the timestamp of a read-only one must be; strong in others
 * @param age the first attempt's start (wound-wait, kept over retries), or null for a first attempt
 * @param ackedSequence outcomes up to this sequence are known to the client (protocol G14)
 * @param deadline how long it may wait for anything, from its begin
 * @param anchors whom to tell where to ask how it ended
 */
public record TransactionOptions(
    boolean readOnly,
    TimestampBound bound,
    @Nullable Timestamp age,
    long ackedSequence,
    Duration deadline,
    AnchorKeeper anchors) {
  public TransactionOptions {
    Invariants.check(
        readOnly || bound.isStrong(),
        "a transaction that writes reads what is newest, not %s",
        bound);
  }

  /**
   * Options of a transaction of whose end nobody asks later.
   *
   * @param readTimestamp where a read-only one reads; null is now (strong)
   */
  public TransactionOptions(
      boolean readOnly,
      @Nullable Timestamp readTimestamp,
      @Nullable Timestamp age,
      long ackedSequence,
      Duration deadline) {
    this(readOnly, bound(readTimestamp), age, ackedSequence, deadline, AnchorKeeper.NOBODY);
  }

  private static TimestampBound bound(@Nullable Timestamp at) {
    return at == null ? TimestampBound.strong() : TimestampBound.ofReadTimestamp(at.nanos());
  }

  /** A read-write transaction's first attempt. */
  public static TransactionOptions readWrite(long ackedSequence, Duration deadline) {
    return new TransactionOptions(false, null, null, ackedSequence, deadline);
  }

  /** A strong read-only transaction. */
  public static TransactionOptions strongRead(Duration deadline) {
    return new TransactionOptions(true, null, null, 0, deadline);
  }

  /** A read-only transaction that may see an older state. */
  public static TransactionOptions read(TimestampBound bound, Duration deadline) {
    return new TransactionOptions(true, bound, null, 0, deadline, AnchorKeeper.NOBODY);
  }

  /** The same, with somebody to be told the anchor. */
  public TransactionOptions withAnchors(AnchorKeeper keeper) {
    return new TransactionOptions(readOnly, bound, age, ackedSequence, deadline, keeper);
  }
}
