package io.meridiandb.sql.exec;

import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;

/** Ends a query that was cancelled or takes too long; asked between batches of rows. */
public final class ExecutionGuard {
  private final Clocks clocks;
  private final long startNanos;
  private final long timeoutNanos;
  private volatile boolean cancelled;

  /**
   * A guard of a query that starts now.
   *
   * @param clocks only how long something takes is measured
   * @param timeout how long it may take
   */
  public ExecutionGuard(Clocks clocks, Duration timeout) {
    this.clocks = clocks;
    this.startNanos = clocks.bootNanos();
    this.timeoutNanos = timeout.toNanos();
  }

  /** Lets the query end at its next check; callable from any thread. */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Asks whether the query may go on.
   *
   * @throws MeridianException QUERY_CANCELED if not
   */
  public void check() {
    if (cancelled) {
      throw new MeridianException(
          ErrorCode.QUERY_CANCELED, "canceling statement due to user request");
    }
    if (clocks.bootNanos() - startNanos > timeoutNanos) {
      throw new MeridianException(
          ErrorCode.QUERY_CANCELED, "canceling statement due to statement timeout");
    }
  }
}
