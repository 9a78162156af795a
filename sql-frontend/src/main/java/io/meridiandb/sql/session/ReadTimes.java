package io.meridiandb.sql.session;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What AS OF SYSTEM TIME names: a moment, or how long ago ('-10s'). */
final class ReadTimes {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private ReadTimes() {}

  static Timestamp of(Expr expr, SessionContext session, List<@Nullable Object> parameters) {
    Timestamp now = session.services().gateway().nowLatest();
    Expr bound = session.binder(parameters, now.toInstant()).bind(expr);
    Object value = Evaluator.compile(bound).eval(new Object[0]);
    return switch (value) {
      case Instant instant -> of(instant);
      case LocalDateTime time -> of(time.toInstant(ZoneOffset.UTC));
      case LocalDate date -> of(date.atStartOfDay().toInstant(ZoneOffset.UTC));
      case Long nanos -> new Timestamp(nanos);
      case String text when text.startsWith("-") ->
          now.plus(Duration.ofNanos(-TimestampBound.parse("exact:" + text.substring(1)).nanos()));
      case String text -> of((Instant) ValueText.parse(text, SqlType.TIMESTAMPTZ));
      case null, default ->
          throw new MeridianException(
                  ErrorCode.INVALID_PARAMETER_VALUE, "AS OF SYSTEM TIME needs a moment")
              .withHint("A TIMESTAMPTZ, or how long ago: '-10s'.");
    };
  }

  private static Timestamp of(Instant instant) {
    return new Timestamp(
        Math.addExact(
            Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND), instant.getNano()));
  }
}
