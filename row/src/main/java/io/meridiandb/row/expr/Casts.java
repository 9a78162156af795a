package io.meridiandb.row.expr;

import io.meridiandb.row.type.DateTimes;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** Explicit casts between all types for which PostgreSQL has one. */
public final class Casts {
  private Casts() {}

  /**
   * Brings a value to a type: numbers are rounded, text is read or cut to its length.
   *
   * @param value not null, of type {@code from}
   * @throws MeridianException of class 22 if the value cannot be brought there, DATATYPE_MISMATCH
   *     if no value of the type can
   */
  public static Object cast(Object value, SqlType from, SqlType to) {
    if (value instanceof String text && from.kind() == Kind.TEXT && to.kind() != Kind.TEXT) {
      return ValueText.parse(text, to);
    }
    return switch (to.kind()) {
      case BOOLEAN -> toBoolean(value, from);
      case SMALLINT, INTEGER, BIGINT -> toInteger(value, from, to);
      case REAL, DOUBLE -> toFloat(value, from, to);
      case NUMERIC -> toNumeric(value, from, to);
      case TEXT -> cut(ValueText.format(value, from), to.precision());
      case DATE -> toDate(value, from);
      case TIME -> toTime(value, from);
      case TIMESTAMP -> toTimestamp(value, from);
      case TIMESTAMPTZ -> toInstant(value, from);
      case BYTEA, UUID, JSONB -> {
        if (from.kind() != to.kind()) {
          throw mismatch(from, to);
        }
        yield value;
      }
    };
  }

  /** Whether any value can be cast so. */
  public static boolean possible(Kind from, Kind to) {
    if (from == to || from == Kind.TEXT || to == Kind.TEXT) {
      return true;
    }
    return switch (to) {
      case BOOLEAN -> from.isInteger();
      case SMALLINT, INTEGER, BIGINT -> from.isNumber() || from == Kind.BOOLEAN;
      case REAL, DOUBLE, NUMERIC -> from.isNumber();
      case DATE, TIMESTAMP, TIMESTAMPTZ -> from.hasDate();
      case TIME -> from == Kind.TIMESTAMP || from == Kind.TIMESTAMPTZ;
      case TEXT -> true;
      case BYTEA, UUID, JSONB -> false;
    };
  }

  private static MeridianException mismatch(SqlType from, SqlType to) {
    return new MeridianException(
        ErrorCode.DATATYPE_MISMATCH,
        "cannot cast type %s to %s".formatted(from.sqlName(), to.sqlName()));
  }

  private static Boolean toBoolean(Object value, SqlType from) {
    return switch (value) {
      case Boolean truth -> truth;
      case Long number -> number != 0;
      default -> throw mismatch(from, SqlType.BOOLEAN);
    };
  }

  private static Long toInteger(Object value, SqlType from, SqlType to) {
    long number =
        switch (value) {
          case Long whole -> whole;
          case Double real -> NumberText.toLong(real, to);
          case BigDecimal exact -> NumberText.toLong(exact, to);
          case Boolean truth -> truth ? 1 : 0;
          default -> throw mismatch(from, to);
        };
    return ArithmeticFunctions.IntegerRange.of(to).check(number);
  }

  private static Double toFloat(Object value, SqlType from, SqlType to) {
    return switch (value) {
      case Long number -> to.kind() == Kind.REAL ? (double) (float) (long) number : (double) number;
      case Double number ->
          ArithmeticFunctions.floatResult(
              to.kind(), number, Double.isInfinite(number), number == 0);
      case BigDecimal number -> NumberText.toDouble(number, to);
      default -> throw mismatch(from, to);
    };
  }

  private static BigDecimal toNumeric(Object value, SqlType from, SqlType to) {
    BigDecimal number =
        switch (value) {
          case Long whole -> BigDecimal.valueOf(whole);
          case Double real -> NumberText.toNumeric(real, from.kind() == Kind.REAL);
          case BigDecimal exact -> exact;
          default -> throw mismatch(from, to);
        };
    return Numerics.fit(number, to);
  }

  private static String cut(String text, int length) {
    return length == 0 || text.length() <= length ? text : Texts.substring(text, 1, (long) length);
  }

  private static LocalDate toDate(Object value, SqlType from) {
    return switch (value) {
      case LocalDate date -> date;
      case LocalDateTime timestamp -> timestamp.toLocalDate();
      case Instant instant -> instant.atOffset(ZoneOffset.UTC).toLocalDate();
      default -> throw mismatch(from, SqlType.DATE);
    };
  }

  private static LocalTime toTime(Object value, SqlType from) {
    return switch (value) {
      case LocalTime time -> time;
      case LocalDateTime timestamp -> timestamp.toLocalTime();
      case Instant instant -> instant.atOffset(ZoneOffset.UTC).toLocalTime();
      default -> throw mismatch(from, SqlType.TIME);
    };
  }

  private static LocalDateTime toTimestamp(Object value, SqlType from) {
    return switch (value) {
      case LocalDateTime timestamp -> timestamp;
      case LocalDate date -> checked(date.atStartOfDay());
      case Instant instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      default -> throw mismatch(from, SqlType.TIMESTAMP);
    };
  }

  private static Instant toInstant(Object value, SqlType from) {
    return switch (value) {
      case Instant instant -> instant;
      case LocalDateTime timestamp -> timestamp.toInstant(ZoneOffset.UTC);
      case LocalDate date -> checked(date.atStartOfDay()).toInstant(ZoneOffset.UTC);
      default -> throw mismatch(from, SqlType.TIMESTAMPTZ);
    };
  }

  private static LocalDateTime checked(LocalDateTime timestamp) {
    DateTimes.micros(timestamp); // refuses what cannot be stored
    return timestamp;
  }
}
