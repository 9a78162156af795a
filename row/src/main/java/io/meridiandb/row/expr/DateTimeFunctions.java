package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.type.DateTimes;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Functions of dates and times. TIMESTAMPTZ is looked at in UTC, the session's time zone. */
final class DateTimeFunctions {
  private DateTimeFunctions() {}

  static Evaluator compile(Expr.Call call, Evaluator[] args) {
    return switch (call.function()) {
      case DATE_TRUNC ->
          Strict.binary(
              args[0],
              args[1],
              (unit, value) -> like(truncate(unit((String) unit), local(value)), call.type()));
      case EXTRACT ->
          Strict.binary(
              args[0],
              args[1],
              (field, value) ->
                  Casts.cast(
                      DateFields.extract(unit((String) field), value),
                      SqlType.NUMERIC,
                      call.type()));
      case ADD_INTERVAL -> addInterval(call, args);
      case ADD_DAYS ->
          Strict.binary(args[0], args[1], (date, days) -> plusDays((LocalDate) date, (Long) days));
      case DAYS_BETWEEN ->
          Strict.binary(
              args[0],
              args[1],
              (a, b) -> ((LocalDate) a).toEpochDay() - ((LocalDate) b).toEpochDay());
      case MICROS_BETWEEN ->
          Strict.binary(
              args[0],
              args[1],
              (a, b) -> Math.subtractExact(DateTimes.micros(local(a)), DateTimes.micros(local(b))));
      case MAKE_DATE ->
          Strict.variadic(
              args, values -> makeDate((Long) values[0], (Long) values[1], (Long) values[2]));
      case TO_TIMESTAMP ->
          Strict.unary(
              Conversions.to(SqlType.DOUBLE, call.arguments().getFirst(), args[0]),
              seconds -> toTimestamp((Double) seconds));
      default -> throw Invariants.unreachable("%s is no function of dates", call.function());
    };
  }

  private static String unit(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }

  /** Any date or timestamp as a timestamp in UTC. */
  static LocalDateTime local(Object value) {
    return switch (value) {
      case LocalDateTime timestamp -> timestamp;
      case Instant instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      case LocalDate date -> date.atStartOfDay();
      case LocalTime time -> LocalDate.EPOCH.atTime(time);
      default -> throw Invariants.unreachable("%s is no date", value.getClass());
    };
  }

  /** A timestamp in the Java form of a type. */
  private static Object like(LocalDateTime timestamp, SqlType type) {
    return switch (type.kind()) {
      case TIMESTAMPTZ -> timestamp.toInstant(ZoneOffset.UTC);
      case DATE -> timestamp.toLocalDate();
      case TIME -> timestamp.toLocalTime();
      default -> timestamp;
    };
  }

  private static LocalDateTime truncate(String unit, LocalDateTime t) {
    LocalDateTime day = t.truncatedTo(ChronoUnit.DAYS);
    int year = t.getYear();
    return switch (unit) {
      case "microsecond", "microseconds" -> t.truncatedTo(ChronoUnit.MICROS);
      case "millisecond", "milliseconds" -> t.truncatedTo(ChronoUnit.MILLIS);
      case "second" -> t.truncatedTo(ChronoUnit.SECONDS);
      case "minute" -> t.truncatedTo(ChronoUnit.MINUTES);
      case "hour" -> t.truncatedTo(ChronoUnit.HOURS);
      case "day" -> day;
      case "week" -> day.with(DayOfWeek.MONDAY);
      case "month" -> day.withDayOfMonth(1);
      case "quarter" -> day.withDayOfMonth(1).withMonth((t.getMonthValue() - 1) / 3 * 3 + 1);
      case "year" -> day.withDayOfYear(1);
      case "decade" -> day.withDayOfYear(1).withYear(Math.floorDiv(year, 10) * 10);
      case "century" -> day.withDayOfYear(1).withYear(Math.floorDiv(year - 1, 100) * 100 + 1);
      case "millennium" -> day.withDayOfYear(1).withYear(Math.floorDiv(year - 1, 1000) * 1000 + 1);
      default -> throw unknownUnit(unit);
    };
  }

  static MeridianException unknownUnit(String unit) {
    return new MeridianException(
        ErrorCode.INVALID_PARAMETER_VALUE, "unit \"%s\" not recognized".formatted(unit));
  }

  private static Evaluator addInterval(Expr.Call call, Evaluator[] args) {
    Evaluator[] converted = args.clone();
    if (call.type().kind() != Kind.TIME) {
      converted[0] = Conversions.to(call.type(), call.arguments().getFirst(), args[0]);
    }
    return Strict.variadic(
        converted,
        values -> {
          LocalDateTime start = local(values[0]);
          LocalDateTime end = plus(start, (Long) values[1], (Long) values[2], (Long) values[3]);
          return like(end, call.type());
        });
  }

  private static LocalDateTime plus(LocalDateTime start, long months, long days, long micros) {
    try {
      LocalDateTime end = start.plusMonths(months).plusDays(days).plus(micros, ChronoUnit.MICROS);
      DateTimes.micros(end); // refuses what cannot be stored
      return end;
    } catch (DateTimeException | ArithmeticException e) {
      throw new MeridianException(ErrorCode.DATETIME_OVERFLOW, "timestamp out of range", e);
    }
  }

  private static LocalDate plusDays(LocalDate date, long days) {
    try {
      return DateTimes.dateOfDays(Math.addExact(date.toEpochDay(), days));
    } catch (ArithmeticException e) {
      throw new MeridianException(ErrorCode.DATETIME_OVERFLOW, "date out of range", e);
    }
  }

  private static LocalDate makeDate(long year, long month, long day) {
    try {
      return LocalDate.of(
          Math.toIntExact(year < 0 ? year + 1 : year),
          Math.toIntExact(month),
          Math.toIntExact(day));
    } catch (DateTimeException | ArithmeticException e) {
      throw new MeridianException(
          ErrorCode.DATETIME_OVERFLOW,
          "date field value out of range: %d-%02d-%02d".formatted(year, month, day),
          e);
    }
  }

  private static Instant toTimestamp(double seconds) {
    double micros = Math.rint(seconds * DateTimes.MICROS_PER_SECOND);
    if (!(Math.abs(micros) < 0x1p63)) {
      throw new MeridianException(
          ErrorCode.DATETIME_OVERFLOW, "timestamp out of range: \"%s\"".formatted(seconds));
    }
    return DateTimes.instantOfMicros((long) micros);
  }

  /** The fields that EXTRACT and date_part know. */
  private static final class DateFields {
    private DateFields() {}

    static BigDecimal extract(String field, Object value) {
      LocalDateTime t = local(value);
      return switch (field) {
        case "epoch" -> epoch(value, t);
        case "second", "seconds" -> BigDecimal.valueOf(secondMicros(t), 6);
        case "millisecond", "milliseconds" -> BigDecimal.valueOf(secondMicros(t), 3);
        default ->
            BigDecimal.valueOf(value instanceof LocalTime ? ofTime(field, t) : ofDate(field, t));
      };
    }

    private static BigDecimal epoch(Object value, LocalDateTime t) {
      return value instanceof LocalDate
          ? BigDecimal.valueOf(t.toEpochSecond(ZoneOffset.UTC))
          : BigDecimal.valueOf(DateTimes.micros(t), 6);
    }

    private static long secondMicros(LocalDateTime t) {
      return t.getSecond() * DateTimes.MICROS_PER_SECOND + t.getNano() / 1_000;
    }

    private static long ofTime(String field, LocalDateTime t) {
      return switch (field) {
        case "microsecond", "microseconds" -> secondMicros(t);
        case "minute" -> t.getMinute();
        case "hour" -> t.getHour();
        case "timezone", "timezone_hour", "timezone_minute" -> 0;
        default -> throw unknownUnit(field);
      };
    }

    private static long ofDate(String field, LocalDateTime t) {
      int year = t.getYear();
      return switch (field) {
        case "day" -> t.getDayOfMonth();
        case "month" -> t.getMonthValue();
        case "year" -> year > 0 ? year : year - 1;
        case "quarter" -> t.get(IsoFields.QUARTER_OF_YEAR);
        case "week" -> t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
        case "isoyear" -> t.get(IsoFields.WEEK_BASED_YEAR);
        case "dow" -> t.getDayOfWeek().getValue() % 7;
        case "isodow" -> t.getDayOfWeek().getValue();
        case "doy" -> t.getDayOfYear();
        case "decade" -> Math.floorDiv(year, 10);
        case "century" -> year > 0 ? (year + 99) / 100 : (year - 100) / 100;
        case "millennium" -> year > 0 ? (year + 999) / 1000 : (year - 1000) / 1000;
        case "julian" -> t.toLocalDate().toEpochDay() + 2_440_588;
        default -> ofTime(field, t);
      };
    }
  }
}
