package io.meridiandb.row.expr;

import io.meridiandb.row.type.DateTimes;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as text: PostgreSQL's ISO style out; in, the ISO forms with space or T between
 * date and time, offsets ({@code Z}, {@code +02}, {@code +0230}, {@code +02:30}, a zone's name),
 * {@code BC}, and fractions that are rounded to microseconds. Text without an offset is UTC.
 */
final class DateTimeText {
  private static final int FRACTION_DIGITS = 6;

  /** Years beyond this one cannot be stored as microseconds. */
  private static final int YEAR_MAX = 294_276;

  private final String text;
  private final String typeName;
  private int at;

  private DateTimeText(String text, String typeName) {
    this.text = text.strip();
    this.typeName = typeName;
  }

  static String format(LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    String era = date.getYear() > 0 ? "" : " BC";
    return "%04d-%02d-%02d%s".formatted(year, date.getMonthValue(), date.getDayOfMonth(), era);
  }

  static String format(LocalTime time) {
    StringBuilder out = new StringBuilder();
    appendTwo(out, time.getHour()).append(':');
    appendTwo(out, time.getMinute()).append(':');
    appendTwo(out, time.getSecond());
    int micros = time.getNano() / 1_000;
    if (micros > 0) {
      String digits = Integer.toString(1_000_000 + micros).substring(1);
      int end = FRACTION_DIGITS;
      while (digits.charAt(end - 1) == '0') {
        end--;
      }
      out.append('.').append(digits, 0, end);
    }
    return out.toString();
  }

  private static StringBuilder appendTwo(StringBuilder out, int number) {
    return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  static String format(LocalDateTime timestamp) {
    return withTime(timestamp, "");
  }

  static String format(Instant instant) {
    return withTime(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), "+00");
  }

  private static String withTime(LocalDateTime timestamp, String offset) {
    String date = format(timestamp.toLocalDate());
    int era = date.indexOf(' ');
    String day = era < 0 ? date : date.substring(0, era);
    return day + " " + format(timestamp.toLocalTime()) + offset + (era < 0 ? "" : " BC");
  }

  static LocalDate parseDate(String text) {
    return new DateTimeText(text, "date").timestamp().local.toLocalDate();
  }

  static LocalDateTime parseTimestamp(String text) {
    LocalDateTime local = new DateTimeText(text, "timestamp").timestamp().local;
    DateTimes.micros(local);
    return local;
  }

  static Instant parseInstant(String text) {
    Stamp stamp = new DateTimeText(text, "timestamp with time zone").timestamp();
    Instant instant =
        stamp.local.atZone(stamp.zone == null ? ZoneOffset.UTC : stamp.zone).toInstant();
    DateTimes.micros(instant);
    return instant;
  }

  static LocalTime parseTime(String text) {
    DateTimeText parser = new DateTimeText(text, "time");
    long micros = parser.time();
    parser.zone();
    parser.end();
    if (micros == DateTimes.MICROS_PER_DAY) {
      throw parser.outOfRange(); // 24:00:00 has no place in LocalTime
    }
    return DateTimes.timeOfMicros(micros);
  }

  private record Stamp(LocalDateTime local, @Nullable ZoneId zone) {}

  private Stamp timestamp() {
    if (text.equals("epoch")) {
      return new Stamp(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), ZoneOffset.UTC);
    }
    int year = number(1, 6);
    int month;
    int day;
    if (at == 8 && peek() != '-') { // 20240131
      at = 0;
      year = number(4, 4);
      month = number(2, 2);
      day = number(2, 2);
    } else {
      char separator = separator();
      month = number(1, 2);
      expect(separator);
      day = number(1, 2);
    }
    long micros = 0;
    ZoneId zone = null;
    if ((peek() == ' ' || peek() == 'T' || peek() == 't') && isDigit(peekAt(1))) {
      at++;
      micros = time();
      zone = zone();
    } else if (peek() == 'Z' || peek() == 'z' || peek() == '+') {
      zone = zone();
    }
    if (text.regionMatches(true, at, " BC", 0, 3)) {
      at += 3;
      year = 1 - year;
    }
    end();
    return new Stamp(date(year, month, day).atStartOfDay().plusNanos(micros * 1_000), zone);
  }

  private LocalDate date(int year, int month, int day) {
    if (year > YEAR_MAX) {
      throw outOfRange();
    }
    try {
      return LocalDate.of(year, month, day);
    } catch (DateTimeException e) {
      throw outOfRange();
    }
  }

  private char separator() {
    char c = peek();
    if (c != '-' && c != '/' && c != '.') {
      throw invalid();
    }
    at++;
    return c;
  }

  /** Microseconds since midnight; 24:00:00 is allowed. */
  private long time() {
    int hour = number(1, 2);
    expect(':');
    int minute = number(2, 2);
    int second = 0;
    long micros = 0;
    if (peek() == ':') {
      at++;
      second = number(2, 2);
      if (peek() == '.') {
        at++;
        micros = fraction();
      }
    }
    hour = halfDay(hour);
    long total = (hour * 3600L + minute * 60L + second) * DateTimes.MICROS_PER_SECOND + micros;
    if (hour > 24 || minute > 59 || second > 60 || total > DateTimes.MICROS_PER_DAY) {
      throw outOfRange();
    }
    return total;
  }

  private int halfDay(int hour) {
    int start = peek() == ' ' ? at + 1 : at;
    boolean pm = text.regionMatches(true, start, "PM", 0, 2);
    if (!pm && !text.regionMatches(true, start, "AM", 0, 2)) {
      return hour;
    }
    if (hour < 1 || hour > 12) {
      throw outOfRange();
    }
    at = start + 2;
    return hour % 12 + (pm ? 12 : 0);
  }

  private long fraction() {
    long micros = 0;
    int digits = 0;
    boolean roundUp = false;
    while (isDigit(peek())) {
      if (digits < FRACTION_DIGITS) {
        micros = micros * 10 + (peek() - '0');
      } else if (digits == FRACTION_DIGITS) {
        roundUp = peek() >= '5';
      }
      digits++;
      at++;
    }
    for (int i = digits; i < FRACTION_DIGITS; i++) {
      micros *= 10;
    }
    return micros + (roundUp ? 1 : 0);
  }

  private @Nullable ZoneId zone() {
    if (peek() == ' ' && !text.regionMatches(true, at, " BC", 0, 3)) {
      at++;
    }
    char c = peek();
    if (c == '+' || c == '-') {
      at++;
      int hours = number(1, 2);
      int minutes = 0;
      int seconds = 0;
      if (peek() == ':' || isDigit(peek())) {
        at += peek() == ':' ? 1 : 0;
        minutes = number(2, 2);
        if (peek() == ':') {
          at++;
          seconds = number(2, 2);
        }
      }
      int total = hours * 3600 + minutes * 60 + seconds;
      if (hours > 15 || minutes > 59 || seconds > 59) {
        throw new MeridianException(
            ErrorCode.DATETIME_OVERFLOW,
            "time zone displacement out of range: \"%s\"".formatted(text));
      }
      return ZoneOffset.ofTotalSeconds(c == '+' ? total : -total);
    }
    int start = at;
    while (Character.isLetter(peek())
        || (at > start && "/_-+".indexOf(peek()) >= 0 && peek() != 0)) {
      at++;
    }
    return at == start ? null : named(text.substring(start, at));
  }

  private ZoneId named(String name) {
    if (name.equalsIgnoreCase("Z")
        || name.equalsIgnoreCase("UTC")
        || name.equalsIgnoreCase("GMT")) {
      return ZoneOffset.UTC;
    }
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw invalid();
    }
  }

  private int number(int digitsMin, int digitsMax) {
    int start = at;
    int value = 0;
    // A year may run on: 20240131 is told from a long year by its eight digits.
    int most = digitsMin == 1 && digitsMax == 6 ? 8 : digitsMax;
    while (at - start < most && isDigit(peek())) {
      value = value * 10 + (peek() - '0');
      at++;
    }
    if (at - start < digitsMin) {
      throw invalid();
    }
    return value;
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw invalid();
    }
    at++;
  }

  private void end() {
    if (at != text.length()) {
      throw invalid();
    }
  }

  private char peek() {
    return peekAt(0);
  }

  private char peekAt(int distance) {
    return at + distance < text.length() ? text.charAt(at + distance) : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private MeridianException invalid() {
    return new MeridianException(
        ErrorCode.INVALID_DATETIME,
        "invalid input syntax for type %s: \"%s\"".formatted(typeName, text));
  }

  private MeridianException outOfRange() {
    return new MeridianException(
        ErrorCode.DATETIME_OVERFLOW, "date/time field value out of range: \"%s\"".formatted(text));
  }
}
