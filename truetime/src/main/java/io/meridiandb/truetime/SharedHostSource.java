package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;

/**
 * The clock of servers that all run on one kernel: CLOCK_BOOTTIME plus the universe's offset. They
 * read the same clock, so ε is zero; it never steps, even when the wall clock does or the host
 * sleeps (protocol G10). That they do run on one kernel is proved by equal boot ids when servers
 * greet each other.
 */
final class SharedHostSource implements ClockSource {
  private final Clocks clocks;
  private final long offsetNanos;

  SharedHostSource(Clocks clocks, HostAnchor anchor) {
    if (!anchor.holdsFor(clocks)) {
      throw new IllegalArgumentException(
          "the clock anchor was made in another boot of this host (%s, now %s): mint a new one"
              .formatted(anchor.bootId(), clocks.bootId()));
    }
    this.clocks = clocks;
    this.offsetNanos = anchor.offsetNanos();
  }

  @Override
  public ClockReading read() {
    return ClockReading.within(clocks.bootNanos() + offsetNanos, 0);
  }
}
