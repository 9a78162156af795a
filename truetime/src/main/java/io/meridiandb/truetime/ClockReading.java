package io.meridiandb.truetime;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;

/** One reading of a {@link ClockSource}. */
public sealed interface ClockReading {
  /** The source vouches that absolute time was in {@code interval} at some moment of the call. */
  record Good(TTInterval interval) implements ClockReading {}

  /**
   * The source cannot tell the time now.
   *
   * @param why a clause for people, with what to do
   */
  record Bad(String why) implements ClockReading {}

  /** A good reading: {@code nanos} since the epoch, wrong by {@code boundNanos} at most. */
  static ClockReading within(long nanos, long boundNanos) {
    Timestamp t = new Timestamp(nanos);
    return new Good(new TTInterval(t.plusNanos(-boundNanos), t.plusNanos(boundNanos)));
  }
}
