package io.meridiandb.jdbc;

import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * From what a program sets to the values that travel.
 *
 * <p>Texts go as UNKNOWN, so that the server takes them as whatever the place of the parameter
 * needs, as PostgreSQL does with a quoted literal. So does {@code java.sql.Timestamp}: a moment
 * together with its wall clock, of which TIMESTAMPTZ takes the one and TIMESTAMP the other.
 */
final class Parameters {
  private Parameters() {}

  static Value ofText(@Nullable String text) {
    return text == null ? Values.nullOf(Type.Kind.UNKNOWN) : Values.ofText(Type.Kind.UNKNOWN, text);
  }

  static Value ofDate(@Nullable Date date) {
    return date == null ? Values.nullOf(Type.Kind.DATE) : Values.of((Object) date.toLocalDate());
  }

  static Value ofDate(@Nullable Date date, ZoneId zone) {
    return date == null
        ? Values.nullOf(Type.Kind.DATE)
        : Values.of((Object) Instant.ofEpochMilli(date.getTime()).atZone(zone).toLocalDate());
  }

  static Value ofTime(@Nullable Time time, ZoneId zone) {
    if (time == null) {
      return Values.nullOf(Type.Kind.TIME);
    }
    LocalTime local = Instant.ofEpochMilli(time.getTime()).atZone(zone).toLocalTime();
    return Values.of((Object) local);
  }

  static Value ofTimestamp(@Nullable Timestamp timestamp, ZoneId zone) {
    if (timestamp == null) {
      return Values.nullOf(Type.Kind.UNKNOWN);
    }
    OffsetDateTime time = timestamp.toInstant().atZone(zone).toOffsetDateTime();
    return Values.ofText(
        Type.Kind.UNKNOWN,
        SqlText.of(time.toLocalDateTime()) + time.getOffset().getId().replace("Z", "+00"));
  }

  /** A value without a wanted type: its class decides. */
  static Value of(@Nullable Object value) throws SQLException {
    ZoneId zone = ZoneId.systemDefault();
    if (value == null) {
      return Values.nullOf(Type.Kind.UNKNOWN);
    }
    if (value instanceof String text) {
      return ofText(text);
    }
    if (value instanceof Timestamp timestamp) {
      return ofTimestamp(timestamp, zone);
    }
    if (value instanceof Date date) {
      return ofDate(date);
    }
    if (value instanceof Time time) {
      return ofTime(time, zone);
    }
    if (value instanceof java.util.Date date) {
      return ofTimestamp(Timestamp.from(date.toInstant()), zone);
    }
    if (value instanceof java.util.Calendar calendar) {
      return Values.of((Object) calendar.toInstant());
    }
    if (value instanceof Enum<?> constant) {
      return ofText(constant.name());
    }
    try {
      return Values.of(value);
    } catch (MeridianException e) {
      throw SqlErrors.of(e);
    }
  }

  /**
   * A value with a wanted type.
   *
   * @param jdbcType a constant of {@link Types}
   * @param scale digits after the point of a NUMERIC; negative leaves them as they are
   */
  static Value of(@Nullable Object value, int jdbcType, int scale) throws SQLException {
    Type.Kind kind = SqlTypes.kind(jdbcType);
    if (value == null) {
      return Values.nullOf(kind);
    }
    switch (jdbcType) {
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR -> {
        Value natural = of(value);
        return ofText(
            Conversions.toText(natural, Type.newBuilder().setKind(natural.getKind()).build()));
      }
      default -> {
        // below
      }
    }
    return switch (kind) {
      case BOOLEAN -> Values.of(bool(value));
      case SMALLINT, INTEGER, BIGINT ->
          Values.ofInteger(kind, number(value, kind).setScale(0, RoundingMode.DOWN).longValue());
      case REAL, DOUBLE -> Values.ofFloat(kind, floating(value, kind));
      case NUMERIC -> {
        BigDecimal number = number(value, kind);
        yield Values.of(
            (Object) (scale < 0 ? number : number.setScale(scale, RoundingMode.HALF_UP)));
      }
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ, BYTEA, TEXT, UUID, JSONB, UNKNOWN, UNRECOGNIZED ->
          time(value, kind);
    };
  }

  /** An instant for a TIMESTAMPTZ, a wall clock for a TIMESTAMP; the rest as its class says. */
  private static Value time(Object value, Type.Kind kind) throws SQLException {
    if (kind == Type.Kind.TIMESTAMP && value instanceof ZonedDateTime time) {
      return Values.of((Object) time.toLocalDateTime());
    }
    if (kind == Type.Kind.TIMESTAMPTZ && value instanceof Timestamp timestamp) {
      return Values.of((Object) timestamp.toInstant());
    }
    return of(value);
  }

  private static boolean bool(Object value) throws SQLException {
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (value instanceof Number number) {
      return number.doubleValue() != 0;
    }
    return switch (value.toString().strip().toLowerCase(Locale.ROOT)) {
      case "t", "true", "1", "yes", "on" -> true;
      case "f", "false", "0", "no", "off" -> false;
      default -> throw SqlErrors.noConversion(value.getClass().getName(), "boolean");
    };
  }

  private static BigDecimal number(Object value, Type.Kind kind) throws SQLException {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }
    if (value instanceof BigInteger integer) {
      return new BigDecimal(integer);
    }
    if (value instanceof Boolean bool) {
      return bool ? BigDecimal.ONE : BigDecimal.ZERO;
    }
    try {
      return new BigDecimal(value.toString().strip());
    } catch (NumberFormatException e) {
      throw SqlErrors.noConversion(value.getClass().getName(), SqlTypes.name(kind));
    }
  }

  private static double floating(Object value, Type.Kind kind) throws SQLException {
    return value instanceof Number number
        ? number.doubleValue()
        : number(value, kind).doubleValue();
  }
}
