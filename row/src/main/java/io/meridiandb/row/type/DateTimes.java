package io.meridiandb.row.type;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** Dates and times as counts of microseconds and days, the form in which they are stored. */
public final class DateTimes {
  /** Microseconds of a second. */
  public static final long MICROS_PER_SECOND = 1_000_000;

  /** Microseconds of a day without leap seconds. */
  public static final long MICROS_PER_DAY = 86_400L * MICROS_PER_SECOND;

  private static final long NANOS_PER_MICRO = 1_000;

  private DateTimes() {}

  /** Microseconds since midnight. */
  public static long micros(LocalTime time) {
    return time.toNanoOfDay() / NANOS_PER_MICRO;
  }

  /**
   * Microseconds since 1970-01-01 00:00:00.
   *
   * @throws MeridianException DATETIME_OVERFLOW beyond about 292,000 years
   */
  public static long micros(LocalDateTime timestamp) {
    return micros(timestamp.toEpochSecond(ZoneOffset.UTC), timestamp.getNano());
  }

  /**
   * Microseconds since 1970-01-01T00:00:00Z.
   *
   * @throws MeridianException DATETIME_OVERFLOW beyond about 292,000 years
   */
  public static long micros(Instant instant) {
    return micros(instant.getEpochSecond(), instant.getNano());
  }

  private static long micros(long second, int nano) {
    try {
      // Towards zero first, so that the least moment that fits does not overflow on the way.
      long whole = second < 0 ? second + 1 : second;
      long rest = nano / NANOS_PER_MICRO - (second < 0 ? MICROS_PER_SECOND : 0);
      return Math.addExact(Math.multiplyExact(whole, MICROS_PER_SECOND), rest);
    } catch (ArithmeticException e) {
      throw new MeridianException(ErrorCode.DATETIME_OVERFLOW, "timestamp out of range", e);
    }
  }

  /** The time of day of a count of microseconds since midnight. */
  public static LocalTime timeOfMicros(long micros) {
    try {
      return LocalTime.ofNanoOfDay(Math.multiplyExact(micros, NANOS_PER_MICRO));
    } catch (DateTimeException | ArithmeticException e) {
      throw new MeridianException(ErrorCode.DATETIME_OVERFLOW, "time out of range", e);
    }
  }

  /** The timestamp of a count of microseconds since 1970. */
  public static LocalDateTime timestampOfMicros(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND),
        (int) (Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO),
        ZoneOffset.UTC);
  }

  /** The moment of a count of microseconds since 1970. */
  public static Instant instantOfMicros(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND),
        Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
  }

  /** The date of a count of days since 1970-01-01. */
  public static LocalDate dateOfDays(long days) {
    try {
      return LocalDate.ofEpochDay(days);
    } catch (DateTimeException e) {
      throw new MeridianException(ErrorCode.DATETIME_OVERFLOW, "date out of range", e);
    }
  }
}
