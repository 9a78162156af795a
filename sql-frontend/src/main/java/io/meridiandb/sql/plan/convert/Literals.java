package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.calcite.RelTypes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimeString;
import org.apache.calcite.util.TimestampString;
import org.jspecify.annotations.Nullable;

/** Calcite's constants to the values of rows. */
final class Literals {
  private Literals() {}

  static Expr translate(RexLiteral literal) {
    SqlType type = RelTypes.toSql(literal.getType());
    Object value = literal.isNull() ? null : value(literal, type);
    return new Expr.Literal(value, type.kind() == SqlType.Kind.NUMERIC ? SqlType.NUMERIC : type);
  }

  /** A value in the Java form of {@code type}. */
  static @Nullable Object value(RexLiteral literal, SqlType type) {
    return switch (type.kind()) {
      // Asked for by class: what the literal gives unasked is a calendar without microseconds.
      case DATE -> value(literal.getValueAs(DateString.class), type);
      case TIME -> value(literal.getValueAs(TimeString.class), type);
      case TIMESTAMP, TIMESTAMPTZ -> value(literal.getValueAs(TimestampString.class), type);
      default -> value(literal.getValue(), type);
    };
  }

  /** A value that Calcite keeps in a constant or in a search argument. */
  static @Nullable Object value(@Nullable Object value, SqlType type) {
    return switch (value) {
      case null -> null;
      case BigDecimal number -> number(number, type);
      case NlsString text -> text.getValue();
      case Boolean truth -> truth;
      case DateString date -> LocalDate.ofEpochDay(date.getDaysSinceEpoch());
      case TimeString time -> LocalTime.parse(time.toString());
      case TimestampString timestamp -> timestamp(timestamp, type);
      case ByteString bytes -> bytes.getBytes();
      case UUID uuid -> uuid;
      case Double number -> number;
      case Enum<?> symbol -> symbol.name();
      default -> value.toString();
    };
  }

  private static Object number(BigDecimal number, SqlType type) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT -> number.setScale(0, RoundingMode.HALF_UP).longValueExact();
      case REAL -> (double) number.floatValue();
      case DOUBLE -> number.doubleValue();
      default -> number;
    };
  }

  private static Object timestamp(TimestampString text, SqlType type) {
    LocalDateTime local = LocalDateTime.parse(text.toString().replace(' ', 'T'));
    if (type.kind() == SqlType.Kind.TIMESTAMPTZ) {
      Instant instant = local.toInstant(ZoneOffset.UTC);
      return instant;
    }
    return local;
  }
}
