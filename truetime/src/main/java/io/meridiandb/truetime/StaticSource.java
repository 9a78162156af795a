package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;

/**
 * The wall clock with a bound that somebody vouches for: absolute time is never further from it
 * than {@code bound}. The simulator uses it over clocks that it keeps inside, or outside, the
 * bound.
 */
final class StaticTrueTime implements TrueTime {
  private final Clocks clocks;
  private final long boundNanos;

  StaticTrueTime(Clocks clocks, long boundNanos) {
    this.clocks = clocks;
    this.boundNanos = boundNanos;
  }

  @Override
  public TTInterval now() {
    Timestamp wall = new Timestamp(clocks.wallNanos());
    return new TTInterval(wall.plusNanos(-boundNanos), wall.plusNanos(boundNanos));
  }
}
