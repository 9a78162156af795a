package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction is begun.
 *
 * @param readOnly it reads at one timestamp and takes no lock
 * @param readTimestamp where a read-only one reads; null is now (strong)
 * @param age the first attempt's start (wound-wait, kept over retries), or null for a first attempt
 * @param ackedSequence outcomes up to this sequence are known to the client (protocol G14)
 * @param deadline how long it may wait for anything, from its begin
 */
public record TransactionOptions(
    boolean readOnly,
    @Nullable Timestamp readTimestamp,
    @Nullable Timestamp age,
    long ackedSequence,
    Duration deadline) {
  /** A read-write transaction's first attempt. */
  public static TransactionOptions readWrite(long ackedSequence, Duration deadline) {
    return new TransactionOptions(false, null, null, ackedSequence, deadline);
  }

  /** A strong read-only transaction. */
  public static TransactionOptions strongRead(Duration deadline) {
    return new TransactionOptions(true, null, null, 0, deadline);
  }
}
