package io.meridiandb.jdbc;

import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * From values as they travel to what the getters of a result set give. A conversion either keeps
 * the value (digits after the point may be cut where a whole number is asked for) or is refused.
 */
final class Conversions {
  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private Conversions() {}

  /** The natural object of wire.Values; null for NULL. */
  static @Nullable Object natural(Value value, Type type) throws SQLException {
    try {
      return Values.toJava(value, type.getArray() ? Type.Kind.TEXT : type.getKind());
    } catch (MeridianException e) {
      throw SqlErrors.of(e);
    }
  }

  /** A whole number of a given range; 0 for NULL. */
  static long toLong(Value value, Type type, long min, long max, String name) throws SQLException {
    long number;
    switch (value.getValueCase()) {
      case IS_NULL, VALUE_NOT_SET -> {
        return 0;
      }
      case INTEGER -> {
        if (!SqlTypes.isNumber(type.getKind()) && type.getKind() != Type.Kind.UNKNOWN) {
          throw SqlErrors.noConversion(SqlTypes.name(type), name);
        }
        number = value.getInteger();
      }
      case BOOLEAN -> number = value.getBoolean() ? 1 : 0;
      case FLOAT64 -> number = cut(BigDecimal.valueOf(finite(value.getFloat64(), name)), name);
      case TEXT -> number = cut(decimal(value.getText(), type, name), name);
      default -> throw SqlErrors.noConversion(SqlTypes.name(type), name);
    }
    if (number < min || number > max) {
      throw SqlErrors.outOfRange(Long.toString(number), name);
    }
    return number;
  }

  private static double finite(double number, String name) throws SQLException {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw SqlErrors.outOfRange(Double.toString(number), name);
    }
    return number;
  }

  private static long cut(BigDecimal number, String name) throws SQLException {
    BigDecimal whole = number.setScale(0, RoundingMode.DOWN);
    if (whole.compareTo(LONG_MIN) < 0 || whole.compareTo(LONG_MAX) > 0) {
      throw SqlErrors.outOfRange(number.toString(), name);
    }
    return whole.longValue();
  }

  private static BigDecimal decimal(String text, Type type, String name) throws SQLException {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw SqlErrors.noConversion(SqlTypes.name(type) + " that is no number", name);
    }
  }

  /** 0 for NULL. */
  static double toDouble(Value value, Type type) throws SQLException {
    return switch (value.getValueCase()) {
      case IS_NULL, VALUE_NOT_SET -> 0;
      case FLOAT64 -> value.getFloat64();
      case INTEGER -> toLong(value, type, Long.MIN_VALUE, Long.MAX_VALUE, "double");
      case TEXT -> decimal(value.getText(), type, "double").doubleValue();
      case BOOLEAN -> value.getBoolean() ? 1 : 0;
      case BINARY -> throw SqlErrors.noConversion(SqlTypes.name(type), "double");
    };
  }

  static @Nullable BigDecimal toDecimal(Value value, Type type) throws SQLException {
    return switch (value.getValueCase()) {
      case IS_NULL, VALUE_NOT_SET -> null;
      case FLOAT64 -> BigDecimal.valueOf(finite(value.getFloat64(), "BigDecimal"));
      case INTEGER, BOOLEAN ->
          BigDecimal.valueOf(toLong(value, type, Long.MIN_VALUE, Long.MAX_VALUE, "BigDecimal"));
      case TEXT -> decimal(value.getText(), type, "BigDecimal");
      case BINARY -> throw SqlErrors.noConversion(SqlTypes.name(type), "BigDecimal");
    };
  }

  /** False for NULL. */
  static boolean toBoolean(Value value, Type type) throws SQLException {
    return switch (value.getValueCase()) {
      case IS_NULL, VALUE_NOT_SET -> false;
      case BOOLEAN -> value.getBoolean();
      case INTEGER -> toLong(value, type, Long.MIN_VALUE, Long.MAX_VALUE, "boolean") != 0;
      case FLOAT64 -> value.getFloat64() != 0;
      case TEXT ->
          switch (value.getText().strip()) {
            case "t", "true", "TRUE", "True", "1", "yes", "on" -> true;
            case "f", "false", "FALSE", "False", "0", "no", "off" -> false;
            default -> throw SqlErrors.noConversion(SqlTypes.name(type), "boolean");
          };
      case BINARY -> throw SqlErrors.noConversion(SqlTypes.name(type), "boolean");
    };
  }

  /** The text that the shell would show. */
  static @Nullable String toText(Value value, Type type) throws SQLException {
    if (value.getValueCase() == Value.ValueCase.TEXT) {
      return value.getText();
    }
    Object natural = natural(value, type);
    return natural == null ? null : SqlText.of(natural);
  }

  static byte @Nullable [] toBytes(Value value, Type type) throws SQLException {
    return switch (value.getValueCase()) {
      case IS_NULL, VALUE_NOT_SET -> null;
      case BINARY -> value.getBinary().toByteArray();
      case TEXT -> value.getText().getBytes(StandardCharsets.UTF_8);
      case BOOLEAN, INTEGER, FLOAT64 -> throw SqlErrors.noConversion(SqlTypes.name(type), "byte[]");
    };
  }

  /**
   * What {@code getObject} without a class gives; JDBC's table wants java.sql classes for times.
   */
  static @Nullable Object toObject(Value value, Type type) throws SQLException {
    Object natural = natural(value, type);
    if (natural instanceof Short number) {
      return number.intValue();
    }
    if (natural instanceof LocalDate date) {
      return Date.valueOf(date);
    }
    if (natural instanceof LocalTime time) {
      return Time.valueOf(time.truncatedTo(ChronoUnit.SECONDS));
    }
    if (natural instanceof LocalDateTime time) {
      return Timestamp.valueOf(time);
    }
    return natural;
  }

  /**
   * A date.
   *
   * @param zone where the day of a TIMESTAMPTZ is asked for
   */
  static @Nullable LocalDate toLocalDate(Value value, Type type, ZoneId zone) throws SQLException {
    Object natural = natural(value, type);
    if (natural == null || natural instanceof LocalDate) {
      return (LocalDate) natural;
    }
    LocalDateTime time = toLocalDateTime(value, type, zone);
    return time == null ? null : time.toLocalDate();
  }

  static @Nullable LocalTime toLocalTime(Value value, Type type, ZoneId zone) throws SQLException {
    Object natural = natural(value, type);
    if (natural == null || natural instanceof LocalTime) {
      return (LocalTime) natural;
    }
    try {
      if (natural instanceof String text && text.indexOf(':') == 2) {
        return LocalTime.parse(text.strip());
      }
    } catch (DateTimeException e) {
      throw SqlErrors.noConversion(SqlTypes.name(type) + " that is no time", "LocalTime");
    }
    LocalDateTime time = toLocalDateTime(value, type, zone);
    return time == null ? null : time.toLocalTime();
  }

  static @Nullable LocalDateTime toLocalDateTime(Value value, Type type, ZoneId zone)
      throws SQLException {
    Object natural = natural(value, type);
    if (natural == null) {
      return null;
    }
    if (natural instanceof LocalDateTime time) {
      return time;
    }
    if (natural instanceof OffsetDateTime time) {
      return time.atZoneSameInstant(zone).toLocalDateTime();
    }
    if (natural instanceof LocalDate date) {
      return date.atStartOfDay();
    }
    if (natural instanceof String text) {
      return SqlText.parseDateTime(text, SqlTypes.name(type));
    }
    throw SqlErrors.noConversion(SqlTypes.name(type), "a date or time");
  }

  /** A moment: of a TIMESTAMP or DATE, as if its clock stood in {@code zone}. */
  static @Nullable Instant toInstant(Value value, Type type, ZoneId zone) throws SQLException {
    Object natural = natural(value, type);
    if (natural instanceof OffsetDateTime time) {
      return time.toInstant();
    }
    LocalDateTime time = toLocalDateTime(value, type, zone);
    return time == null ? null : time.atZone(zone).toInstant();
  }

  /** What {@code getObject} with a class gives. */
  static <T> @Nullable T to(Value value, Type type, Class<T> target) throws SQLException {
    if (Values.isNull(value)) {
      return null;
    }
    Object natural = natural(value, type);
    if (target.isInstance(natural) && target != Object.class) {
      return target.cast(natural);
    }
    Object converted = toNumber(value, type, target);
    if (converted == null) {
      converted = toTime(value, type, target);
    }
    if (converted == null) {
      converted = toOther(value, type, target);
    }
    if (converted == null) {
      throw SqlErrors.noConversion(SqlTypes.name(type), target.getName());
    }
    return target.cast(converted);
  }

  private static @Nullable Object toNumber(Value value, Type type, Class<?> target)
      throws SQLException {
    if (target == Long.class) {
      return toLong(value, type, Long.MIN_VALUE, Long.MAX_VALUE, "long");
    }
    if (target == Integer.class) {
      return (int) toLong(value, type, Integer.MIN_VALUE, Integer.MAX_VALUE, "int");
    }
    if (target == Short.class) {
      return (short) toLong(value, type, Short.MIN_VALUE, Short.MAX_VALUE, "short");
    }
    if (target == Byte.class) {
      return (byte) toLong(value, type, Byte.MIN_VALUE, Byte.MAX_VALUE, "byte");
    }
    if (target == Double.class) {
      return toDouble(value, type);
    }
    if (target == Float.class) {
      return (float) toDouble(value, type);
    }
    if (target == Boolean.class) {
      return toBoolean(value, type);
    }
    BigDecimal decimal =
        target == BigDecimal.class || target == BigInteger.class ? toDecimal(value, type) : null;
    return decimal != null && target == BigInteger.class ? decimal.toBigInteger() : decimal;
  }

  private static @Nullable Object toTime(Value value, Type type, Class<?> target)
      throws SQLException {
    ZoneId utc = ZoneOffset.UTC;
    if (target == LocalDate.class) {
      return toLocalDate(value, type, utc);
    }
    if (target == LocalTime.class) {
      return toLocalTime(value, type, utc);
    }
    if (target == LocalDateTime.class) {
      return toLocalDateTime(value, type, utc);
    }
    if (target == Date.class) {
      LocalDate date = toLocalDate(value, type, ZoneId.systemDefault());
      return date == null ? null : Date.valueOf(date);
    }
    if (target == Time.class) {
      LocalTime time = toLocalTime(value, type, ZoneId.systemDefault());
      return time == null ? null : Time.valueOf(time);
    }
    return toMoment(value, type, target);
  }

  private static @Nullable Object toMoment(Value value, Type type, Class<?> target)
      throws SQLException {
    if (target == Timestamp.class || target == java.util.Date.class) {
      Instant instant = toInstant(value, type, ZoneId.systemDefault());
      return instant == null ? null : Timestamp.from(instant);
    }
    boolean moment =
        target == Instant.class
            || target == OffsetDateTime.class
            || target == ZonedDateTime.class
            || target == OffsetTime.class;
    Instant instant = moment ? toInstant(value, type, ZoneOffset.UTC) : null;
    if (instant == null || target == Instant.class) {
      return instant;
    }
    OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
    if (target == ZonedDateTime.class) {
      return time.toZonedDateTime();
    }
    return target == OffsetTime.class ? time.toOffsetTime() : time;
  }

  private static @Nullable Object toOther(Value value, Type type, Class<?> target)
      throws SQLException {
    if (target == String.class) {
      return toText(value, type);
    }
    if (target == byte[].class) {
      return toBytes(value, type);
    }
    if (target == Object.class) {
      return toObject(value, type);
    }
    if (target == UUID.class && value.getValueCase() == Value.ValueCase.TEXT) {
      try {
        return UUID.fromString(value.getText().strip());
      } catch (IllegalArgumentException e) {
        throw SqlErrors.noConversion(SqlTypes.name(type) + " that is no UUID", "UUID");
      }
    }
    return null;
  }
}
