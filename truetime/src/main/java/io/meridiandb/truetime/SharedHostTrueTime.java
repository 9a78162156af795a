package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;

/**
 * The clock of servers that all run on one kernel: CLOCK_BOOTTIME plus the universe's offset. They
 * read the same clock, so ε is zero; it never steps, even when the wall clock does or the host
 * sleeps (protocol G10), so there is nothing to guard. That they do run on one kernel is proved by
 * equal boot ids when servers greet each other.
 */
final class SharedHostTrueTime implements TrueTime {
  private final Clocks clocks;
  private final long offsetNanos;

  SharedHostTrueTime(Clocks clocks, HostAnchor anchor) {
    if (!anchor.holdsFor(clocks)) {
      throw new IllegalArgumentException(
          "the clock anchor was made in another boot of this host (%s, now %s): mint a new one"
              .formatted(anchor.bootId(), clocks.bootId()));
    }
    this.clocks = clocks;
    this.offsetNanos = anchor.offsetNanos();
  }

  @Override
  public TTInterval now() {
    Timestamp t = new Timestamp(clocks.bootNanos() + offsetNanos);
    return new TTInterval(t, t);
  }

  @Override
  public String source() {
    return TrueTimes.SHARED_HOST;
  }
}
