package io.meridiandb.kernel.time;

import java.time.Duration;
import java.time.Instant;

/**
 * A point of absolute time: nanoseconds since 1970-01-01T00:00:00Z.
 *
 * <p>Timestamps that a leader assigns to a transaction are whole microseconds, so that what SQL
 * shows as TIMESTAMPTZ can be read back exactly; clock readings use the full resolution.
 *
 * @param nanos nanoseconds since the epoch; covers the years 1677 to 2262
 */
public record Timestamp(long nanos) implements Comparable<Timestamp> {
  /** Before everything. */
  public static final Timestamp MIN = new Timestamp(Long.MIN_VALUE);

  /** After everything. */
  public static final Timestamp MAX = new Timestamp(Long.MAX_VALUE);

  /** The epoch; versions loaded before any transaction carry it. */
  public static final Timestamp ZERO = new Timestamp(0);

  /** Distance between two timestamps that a leader assigns: one microsecond. */
  public static final long STEP_NANOS = 1_000;

  /** This moment, {@code duration} later (earlier if negative); saturates at the ends. */
  public Timestamp plus(Duration duration) {
    return plusNanos(duration.toNanos());
  }

  /** This moment, {@code delta} nanoseconds later (earlier if negative); saturates at the ends. */
  public Timestamp plusNanos(long delta) {
    long sum = nanos + delta;
    if (((nanos ^ sum) & (delta ^ sum)) < 0) {
      return delta > 0 ? MAX : MIN;
    }
    return new Timestamp(sum);
  }

  /** The first whole microsecond at or after this moment. */
  public Timestamp ceilToStep() {
    long rest = Math.floorMod(nanos, STEP_NANOS);
    return rest == 0 ? this : plusNanos(STEP_NANOS - rest);
  }

  /** The smallest assignable timestamp after this one. */
  public Timestamp next() {
    return plusNanos(STEP_NANOS - Math.floorMod(nanos, STEP_NANOS));
  }

  /** Whether this moment lies before {@code other}. */
  public boolean isBefore(Timestamp other) {
    return nanos < other.nanos;
  }

  /** Whether this moment lies after {@code other}. */
  public boolean isAfter(Timestamp other) {
    return nanos > other.nanos;
  }

  /** The later of the two. */
  public static Timestamp max(Timestamp a, Timestamp b) {
    return a.nanos >= b.nanos ? a : b;
  }

  /** The earlier of the two. */
  public static Timestamp min(Timestamp a, Timestamp b) {
    return a.nanos <= b.nanos ? a : b;
  }

  /** The same moment as an {@link Instant}. */
  public Instant toInstant() {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }

  @Override
  public int compareTo(Timestamp other) {
    return Long.compare(nanos, other.nanos);
  }

  @Override
  public String toString() {
    return toInstant().toString();
  }
}
