package io.meridiandb.sql.session;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.PlannedStatement.AsOf;
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
  /** Furthest into the future that a read waits for its time to come. */
  private static final Duration AHEAD_MAX = Duration.ofSeconds(10);

  private ReadTimes() {}

  static TimestampBound of(AsOf asOf, SessionContext session, List<@Nullable Object> parameters) {
    Timestamp now = session.services().gateway().nowLatest();
    Expr bound = session.binder(parameters, now.toInstant()).bind(asOf.moment());
    Object value = Evaluator.compile(bound).eval(new Object[0]);
    if (value instanceof String text && text.startsWith("-")) {
      TimestampBound ago = ago(text.substring(1).strip());
      return asOf.atLeast()
          ? new TimestampBound(TimestampBound.Mode.MAX_STALENESS, ago.nanos())
          : ago;
    }
    TimestampBound at = moment(value);
    if (at.nanos() > now.plus(AHEAD_MAX).nanos()) {
      throw new MeridianException(
              ErrorCode.INVALID_PARAMETER_VALUE,
              "AS OF SYSTEM TIME lies in the future: a read waits %d s at most"
                  .formatted(AHEAD_MAX.toSeconds()))
          .withHint("How long ago is written with a minus: '-10s'.");
    }
    return asOf.atLeast()
        ? TimestampBound.ofMaxStaleness(Duration.ofNanos(Math.max(0, now.nanos() - at.nanos())))
        : at;
  }

  private static TimestampBound ago(String text) {
    try {
      return TimestampBound.parse("exact:" + text);
    } catch (MeridianException e) {
      throw new MeridianException(
          ErrorCode.INVALID_PARAMETER_VALUE,
          "\"" + text + "\" is no time span",
          "A number and a unit: '-10s'; units are ns, us, ms, s, m, h, d.",
          0,
          e);
    }
  }

  private static TimestampBound moment(@Nullable Object value) {
    return switch (value) {
      case Instant instant -> TimestampBound.ofReadTimestamp(instant);
      case LocalDateTime time -> TimestampBound.ofReadTimestamp(time.toInstant(ZoneOffset.UTC));
      case LocalDate date ->
          TimestampBound.ofReadTimestamp(date.atStartOfDay().toInstant(ZoneOffset.UTC));
      case Long nanos when nanos >= 0 -> TimestampBound.ofReadTimestamp(nanos);
      case String text ->
          TimestampBound.ofReadTimestamp((Instant) ValueText.parse(text, SqlType.TIMESTAMPTZ));
      case null, default ->
          throw new MeridianException(
                  ErrorCode.INVALID_PARAMETER_VALUE, "AS OF SYSTEM TIME needs a moment")
              .withHint(
                  "A TIMESTAMPTZ, how long ago: '-10s', or at most how long: with_max_staleness('10s').");
    };
  }
}
