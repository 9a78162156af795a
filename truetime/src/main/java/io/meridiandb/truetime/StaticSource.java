package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;

/**
 * The wall clock with a bound that somebody vouches for: absolute time is never further from it
 * than {@code bound}. The simulator uses it over clocks that it keeps inside, or outside, the
 * bound.
 */
final class StaticSource implements ClockSource {
  private final Clocks clocks;
  private final long boundNanos;

  StaticSource(Clocks clocks, long boundNanos) {
    this.clocks = clocks;
    this.boundNanos = boundNanos;
  }

  @Override
  public ClockReading read() {
    return ClockReading.within(clocks.wallNanos(), boundNanos);
  }
}
