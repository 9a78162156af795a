package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * TrueTime from a source that may fail or lie.
 *
 * <ul>
 *   <li>{@code earliest} never goes back: what has surely passed stays so.
 *   <li>Each reading is compared with the one before, carried on by CLOCK_BOOTTIME, which never
 *       steps. If they have no moment in common, one of them was out of its bound: that is a fault
 *       from then on, until the process starts again.
 *   <li>While the source cannot tell the time, or is less certain than {@link
 *       TrueTimes#UNCERTAINTY_MAX}, that is a fault too; it ends with its reason.
 * </ul>
 *
 * <p>With a fault the last good reading is carried on by CLOCK_BOOTTIME with a bound that grows, so
 * that {@link #now} goes on to answer as truly as it can; but nobody may rely on it (protocol G10).
 */
final class GuardedTrueTime implements TrueTime {
  /** What is known before the first good reading: any time of some 146 years. */
  static final TTInterval ANY_TIME =
      new TTInterval(Timestamp.ZERO, new Timestamp(Long.MAX_VALUE / 2));

  /** Clocks that count in microseconds, or are read through layers, are no worse than this. */
  static final long RESOLUTION_NANOS = 20_000;

  private static final long ANCHOR_AGE_MAX = Duration.ofMillis(100).toNanos();

  /** A good reading, taken while the boot clock showed something in {@code from..to}. */
  private record Anchor(long from, long to, TTInterval reading) {
    /** Where absolute time can be when the boot clock shows something in {@code b1..b2}. */
    TTInterval at(long b1, long b2) {
      long least = Math.max(0, b1 - to);
      long most = Math.max(0, b2 - from);
      return new TTInterval(
          reading.earliest().plusNanos(least - Drift.of(least)),
          reading.latest().plusNanos(most + Drift.of(most)));
    }
  }

  private final String name;
  private final ClockSource source;
  private final Clocks clocks;
  private final AtomicLong highestEarliest = new AtomicLong(Long.MIN_VALUE);
  private volatile @Nullable Anchor anchor;
  private volatile @Nullable String fault;
  private volatile boolean stepped;

  GuardedTrueTime(String name, ClockSource source, Clocks clocks) {
    this.name = name;
    this.source = source;
    this.clocks = clocks;
  }

  @Override
  public TTInterval now() {
    Anchor last = anchor;
    long b1 = clocks.bootNanos();
    ClockReading reading = stepped ? null : source.read();
    long b2 = clocks.bootNanos();
    TTInterval carried = last == null ? ANY_TIME : last.at(b1, b2);
    if (!(reading instanceof ClockReading.Good good)) {
      if (reading instanceof ClockReading.Bad bad) {
        report(bad.why());
      }
      return monotone(carried);
    }
    TTInterval read = good.interval();
    if (contradicts(carried, read)) {
      stepped = true;
      report(
          "the clock stepped: it should show %s to %s, and shows %s to %s; set it right and start this server again"
              .formatted(carried.earliest(), carried.latest(), read.earliest(), read.latest()));
      return monotone(carried);
    }
    if (last == null || b1 - last.to() > ANCHOR_AGE_MAX) {
      anchor = new Anchor(b1, b2, read);
    }
    report(tooUncertain(read));
    return monotone(read);
  }

  @Override
  public TTInterval peek() {
    Anchor last = anchor;
    long b1 = clocks.bootNanos();
    ClockReading reading = stepped ? null : source.read();
    TTInterval carried = last == null ? ANY_TIME : last.at(b1, clocks.bootNanos());
    TTInterval read = reading instanceof ClockReading.Good good ? good.interval() : carried;
    return notBefore(highestEarliest.get(), contradicts(carried, read) ? carried : read);
  }

  /** Whether the two have no moment in common. */
  private static boolean contradicts(TTInterval carried, TTInterval read) {
    return read.earliest().isAfter(carried.latest().plusNanos(RESOLUTION_NANOS))
        || read.latest().plusNanos(RESOLUTION_NANOS).isBefore(carried.earliest());
  }

  private static @Nullable String tooUncertain(TTInterval reading) {
    long epsilon = reading.epsilonNanos();
    return epsilon <= TrueTimes.UNCERTAINTY_MAX.toNanos()
        ? null
        : "the clock may be wrong by %d ms, the most is %d ms: look after its synchronisation"
            .formatted(epsilon / 1_000_000, TrueTimes.UNCERTAINTY_MAX.toMillis());
  }

  private void report(@Nullable String found) {
    if (!Objects.equals(found, fault)) {
      fault = found;
    }
  }

  private TTInterval monotone(TTInterval reading) {
    return notBefore(
        highestEarliest.accumulateAndGet(reading.earliest().nanos(), Math::max), reading);
  }

  private static TTInterval notBefore(long earliest, TTInterval reading) {
    if (earliest <= reading.earliest().nanos()) {
      return reading;
    }
    // Another thread may have read a later moment meanwhile; then this one is stale, not wrong.
    Timestamp raised = new Timestamp(earliest);
    return new TTInterval(raised, Timestamp.max(raised, reading.latest()));
  }

  @Override
  public @Nullable String fault() {
    return fault;
  }

  @Override
  public String source() {
    return name;
  }
}
