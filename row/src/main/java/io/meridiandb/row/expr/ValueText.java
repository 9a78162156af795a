package io.meridiandb.row.expr;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.row.type.SqlValues;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values as text and back, in PostgreSQL's forms (DateStyle ISO, bytea_output hex, time zone UTC).
 */
public final class ValueText {
  private static final int UUID_DIGITS = 32;

  private ValueText() {}

  /** The text of a value. */
  public static String format(Object value, SqlType type) {
    return switch (value) {
      case Boolean truth -> truth ? "true" : "false";
      case Double number -> NumberText.format(number, type.kind() == Kind.REAL);
      case BigDecimal number -> number.toPlainString();
      case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
      case LocalDate date -> DateTimeText.format(date);
      case LocalTime time -> DateTimeText.format(time);
      case LocalDateTime timestamp -> DateTimeText.format(timestamp);
      case Instant instant -> DateTimeText.format(instant);
      default -> value.toString();
    };
  }

  /**
   * The value of a text.
   *
   * @throws MeridianException INVALID_TEXT_REPRESENTATION, INVALID_DATETIME or another error of
   *     class 22 if the text has not the form of the type
   */
  public static Object parse(String text, SqlType type) {
    return switch (type.kind()) {
      case BOOLEAN -> parseBoolean(text);
      case SMALLINT, INTEGER, BIGINT -> NumberText.parseInteger(text, type);
      case REAL, DOUBLE -> NumberText.parseDouble(text, type);
      case NUMERIC -> Numerics.fit(NumberText.parseNumeric(text), type);
      case TEXT -> text;
      case BYTEA -> parseBytes(text);
      case DATE -> DateTimeText.parseDate(text);
      case TIME -> DateTimeText.parseTime(text);
      case TIMESTAMP -> DateTimeText.parseTimestamp(text);
      case TIMESTAMPTZ -> DateTimeText.parseInstant(text);
      case UUID -> parseUuid(text);
      case JSONB -> JsonText.normalise(text);
    };
  }

  static MeridianException invalid(String text, String typeName) {
    return new MeridianException(
        ErrorCode.INVALID_TEXT_REPRESENTATION,
        "invalid input syntax for type %s: \"%s\"".formatted(typeName, text));
  }

  /** Any beginning of true, false, yes, no that tells them apart; on, off, 1, 0. */
  private static Boolean parseBoolean(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (!word.isEmpty()) {
      if ("true".startsWith(word)
          || "yes".startsWith(word)
          || word.equals("on")
          || word.equals("1")) {
        return true;
      }
      boolean off = word.length() > 1 && "off".startsWith(word);
      if ("false".startsWith(word) || "no".startsWith(word) || off || word.equals("0")) {
        return false;
      }
    }
    throw invalid(text, "boolean");
  }

  private static byte[] parseBytes(String text) {
    if (text.startsWith("\\x")) {
      try {
        return HexFormat.of().parseHex(text.substring(2).replaceAll("[ \n\r\t]", ""));
      } catch (IllegalArgumentException e) {
        throw new MeridianException(
            ErrorCode.INVALID_TEXT_REPRESENTATION, "invalid hexadecimal data in a bytea value", e);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] utf8 = SqlValues.utf8(text);
    for (int i = 0; i < utf8.length; i++) {
      if (utf8[i] != '\\') {
        bytes.write(utf8[i]);
      } else if (i + 1 < utf8.length && utf8[i + 1] == '\\') {
        bytes.write('\\');
        i++;
      } else {
        bytes.write(octal(text, utf8, i + 1));
        i += 3;
      }
    }
    return bytes.toByteArray();
  }

  private static int octal(String text, byte[] bytes, int start) {
    int value = 0;
    for (int i = start; i < start + 3; i++) {
      int digit = i < bytes.length ? bytes[i] - '0' : -1;
      if (digit < 0 || digit > 7) {
        throw invalid(text, "bytea");
      }
      value = value * 8 + digit;
    }
    if (value > 0xff) {
      throw invalid(text, "bytea");
    }
    return value;
  }

  /** 32 hexadecimal digits, in braces or not, with a hyphen allowed after every four. */
  private static UUID parseUuid(String text) {
    String body =
        text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      boolean hyphen = c == '-' && digits > 0 && digits % 4 == 0 && body.charAt(i - 1) != '-';
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (hyphen && digits < UUID_DIGITS) {
        continue;
      }
      if (digit < 0 || digits == UUID_DIGITS) {
        throw invalid(text, "uuid");
      }
      if (digits < UUID_DIGITS / 2) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
      digits++;
    }
    if (digits != UUID_DIGITS) {
      throw invalid(text, "uuid");
    }
    return new UUID(high, low);
  }

  /** The text of a value, or NULL, as a SQL literal: for EXPLAIN. */
  public static String literal(@Nullable Object value, SqlType type) {
    if (value == null) {
      return "NULL";
    }
    String text = format(value, type);
    return value instanceof Boolean || value instanceof Number
        ? text
        : "'" + text.replace("'", "''") + "'";
  }
}
