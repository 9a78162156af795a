package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.time.Clocks;
import java.time.Duration;

/** Until when a transaction may wait. */
final class Deadline {
  private final Clocks clocks;
  private final long endNanos;
  private final Duration allowed;

  Deadline(Clocks clocks, Duration allowed) {
    this.clocks = clocks;
    this.allowed = allowed;
    this.endNanos = clocks.bootNanos() + allowed.toNanos();
  }

  /** How long was allowed in all. */
  Duration allowed() {
    return allowed;
  }

  boolean hasPassed() {
    return remainingNanos() <= 0;
  }

  /** What is left, at most {@code most}; not negative. */
  Duration remaining(Duration most) {
    return Duration.ofNanos(Math.max(0, Math.min(remainingNanos(), most.toNanos())));
  }

  private long remainingNanos() {
    return endNanos - clocks.bootNanos();
  }
}
