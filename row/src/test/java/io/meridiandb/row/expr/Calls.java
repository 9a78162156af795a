package io.meridiandb.row.expr;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Short ways to write expressions in tests, and their values as PostgreSQL would print them. */
final class Calls {
  private Calls() {}

  /** A literal of the type that the Java form suggests; expressions stay as they are. */
  static Expr lit(Object value) {
    return switch (value) {
      case Expr expr -> expr;
      case Integer number -> new Expr.Literal((long) number, SqlType.INTEGER);
      case Long number -> new Expr.Literal(number, SqlType.BIGINT);
      case Double number -> new Expr.Literal(number, SqlType.DOUBLE);
      case BigDecimal number -> new Expr.Literal(number, SqlType.NUMERIC);
      case Boolean truth -> new Expr.Literal(truth, SqlType.BOOLEAN);
      case String text -> new Expr.Literal(text, SqlType.TEXT);
      case byte[] bytes -> new Expr.Literal(bytes, SqlType.BYTEA);
      case LocalDate date -> new Expr.Literal(date, SqlType.DATE);
      case LocalTime time -> new Expr.Literal(time, SqlType.TIME);
      case LocalDateTime timestamp -> new Expr.Literal(timestamp, SqlType.TIMESTAMP);
      case Instant instant -> new Expr.Literal(instant, SqlType.TIMESTAMPTZ);
      case UUID uuid -> new Expr.Literal(uuid, SqlType.UUID);
      default -> throw new IllegalArgumentException(String.valueOf(value));
    };
  }

  static Expr nul(SqlType type) {
    return new Expr.Literal(null, type);
  }

  static BigDecimal dec(String text) {
    return new BigDecimal(text);
  }

  static Expr call(ScalarFunction function, SqlType type, Object... arguments) {
    List<Expr> args = Arrays.stream(arguments).map(Calls::lit).toList();
    return new Expr.Call(function, args, type);
  }

  static Expr test(ScalarFunction function, Object... arguments) {
    return call(function, SqlType.BOOLEAN, arguments);
  }

  static Expr cast(Object value, SqlType type) {
    return call(ScalarFunction.CAST, type, value);
  }

  /** Text in a type. */
  static Expr of(String text, SqlType type) {
    return cast(text, type);
  }

  /** The value as PostgreSQL prints it, NULL for NULL, or the SQLSTATE of the error. */
  static String run(Expr expr) {
    try {
      Object value = Evaluator.compile(expr).eval(new Object[0]);
      return value == null ? "NULL" : ValueText.format(value, expr.type());
    } catch (MeridianException e) {
      return e.code().sqlState();
    }
  }

  /** The error of an expression. */
  static ErrorCode error(Expr expr) {
    try {
      Object value = Evaluator.compile(expr).eval(new Object[0]);
      throw new AssertionError("no error but " + value);
    } catch (MeridianException e) {
      return e.code();
    }
  }
}
