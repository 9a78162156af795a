package io.meridiandb.truetime;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes {@code earliest} never go back: what has surely passed stays so. A reading that lies wholly
 * before an earlier one proves that the clock stepped back further than its bound allows.
 */
final class MonotoneTrueTime implements TrueTime {
  private final TrueTime source;
  private final AtomicLong highestEarliest = new AtomicLong(Long.MIN_VALUE);

  MonotoneTrueTime(TrueTime source) {
    this.source = source;
  }

  @Override
  public TTInterval now() {
    TTInterval reading = source.now();
    long earliest = highestEarliest.accumulateAndGet(reading.earliest().nanos(), Math::max);
    if (earliest == reading.earliest().nanos()) {
      return reading;
    }
    if (earliest > reading.latest().nanos()) {
      // Another thread may have read a later moment between the two lines above: look again.
      reading = source.now();
      if (earliest > reading.latest().nanos()) {
        throw new ClockFaultException(
            "the clock stepped back: it read at least %s before and at most %s now"
                .formatted(new Timestamp(earliest), reading.latest()));
      }
    }
    return new TTInterval(
        new Timestamp(Math.max(earliest, reading.earliest().nanos())), reading.latest());
  }
}
