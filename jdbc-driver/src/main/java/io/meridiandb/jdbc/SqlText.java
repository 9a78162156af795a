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

  /** Java writes 1.0 where SQL writes 1. */
  private static String number(String text) {
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
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
