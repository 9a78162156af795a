package io.meridiandb.jdbc;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Values as SQL writes them in text: {@code 2026-01-02 03:04:05.5+00}, {@code \x00ff}, {@code t}.
 */
final class SqlText {
  private static final int FRACTION_DIGITS = 6;

  /** Numbers from 1e-5 to below 1e15 are written without an exponent. */
  private static final int EXPONENT_MIN = -5;

  private static final int EXPONENT_MAX = 15;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, FRACTION_DIGITS, true)
          .toFormatter(Locale.ROOT);

  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(TIME)
          .toFormatter(Locale.ROOT);

  private SqlText() {}

  /** The text of one of the natural objects of wire.Values. */
  static String of(Object natural) {
    if (natural instanceof Boolean bool) {
      return bool ? "t" : "f";
    }
    if (natural instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (natural instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    if (natural instanceof LocalTime time) {
      return TIME.format(time);
    }
    if (natural instanceof LocalDateTime time) {
      return DATE_TIME.format(time);
    }
    if (natural instanceof OffsetDateTime time) {
      return DATE_TIME.format(time.withOffsetSameInstant(ZoneOffset.UTC)) + "+00";
    }
    if (natural instanceof Double || natural instanceof Float) {
      return number(natural.toString());
    }
    return natural.toString();
  }

  /** The shortest digits that name the number, with an exponent only where PostgreSQL has one. */
  private static String number(String java) {
    if (java.endsWith("N") || java.endsWith("y")) {
      return java; // NaN, Infinity, -Infinity
    }
    if (java.equals("-0.0")) {
      return "-0";
    }
    BigDecimal number = new BigDecimal(java).stripTrailingZeros();
    int exponent = number.precision() - number.scale() - 1;
    if (number.signum() == 0 || (exponent >= EXPONENT_MIN && exponent < EXPONENT_MAX)) {
      return number.toPlainString();
    }
    BigDecimal mantissa = number.scaleByPowerOfTen(-exponent);
    return mantissa.toPlainString()
        + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** Date and time in SQL's or ISO's form; a date alone is its midnight. */
  static LocalDateTime parseDateTime(String text, String typeName) throws SQLException {
    String iso = text.strip().replace(' ', 'T');
    try {
      return iso.indexOf('T') < 0 ? LocalDate.parse(iso).atStartOfDay() : LocalDateTime.parse(iso);
    } catch (DateTimeException e) {
      throw SqlErrors.noConversion(typeName + " that is no date or time", "LocalDateTime");
    }
  }
}
