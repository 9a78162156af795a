package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.plan.calcite.Functions;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.apache.calcite.sql.SqlNode;

/**
 * Values on their way into columns, by PostgreSQL's assignment casts: numbers and times convert
 * among themselves, anything becomes text, and a text converts only where it is a constant.
 */
public final class Assignments {
  /**
   * Where parameters that the session gives begin in stored defaults; they are renumbered to stand
   * behind a statement's own.
   */
  public static final int STORED_CONTEXT_BASE = 100_000;

  private Assignments() {}

  /**
   * The value in the column's type.
   *
   * @param target what is assigned to, for the message
   * @param node the value's place in the statement
   * @throws PositionedException DATATYPE_MISMATCH, or the error of a constant that has not the form
   */
  public static Expr assign(Expr value, SqlType type, String target, SqlNode node) {
    if (value instanceof Expr.Literal literal && literal.value() == null) {
      return new Expr.Literal(null, type);
    }
    if (!allowed(value, type)) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.DATATYPE_MISMATCH,
                  "%s is of type %s but the expression is of type %s"
                      .formatted(target, type.sqlName(), value.type().sqlName()))
              .withHint("Write a cast: expression::" + SqlType.of(type.kind()).sqlName() + "."),
          node.getParserPosition());
    }
    Expr converted = convert(value, type);
    if (!(value instanceof Expr.Literal) || converted == value) {
      return converted;
    }
    try {
      return new Expr.Literal(Evaluator.compile(converted).eval(new Object[0]), converted.type());
    } catch (MeridianException e) {
      throw new PositionedException(e, node.getParserPosition());
    }
  }

  /** Text keeps its length, which the table checks: a cast would cut it off silently. */
  private static Expr convert(Expr value, SqlType type) {
    if (type.kind() == SqlType.Kind.TEXT) {
      return value.type().kind() == SqlType.Kind.TEXT ? value : Exprs.cast(value, SqlType.TEXT);
    }
    return value.type().kind() == type.kind() && type.precision() == 0
        ? value
        : Exprs.cast(value, type);
  }

  private static boolean allowed(Expr value, SqlType type) {
    SqlType.Kind from = value.type().kind();
    SqlType.Kind to = type.kind();
    if (from == to || to == SqlType.Kind.TEXT) {
      return true;
    }
    if (from == SqlType.Kind.TEXT) {
      return value instanceof Expr.Literal || value instanceof Expr.Parameter;
    }
    return (isNumber(from) && isNumber(to)) || (hasDate(from) && hasDate(to)) || isTime(from, to);
  }

  private static boolean isNumber(SqlType.Kind kind) {
    return switch (kind) {
      case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> true;
      default -> false;
    };
  }

  private static boolean hasDate(SqlType.Kind kind) {
    return switch (kind) {
      case DATE, TIMESTAMP, TIMESTAMPTZ -> true;
      default -> false;
    };
  }

  private static boolean isTime(SqlType.Kind from, SqlType.Kind to) {
    return to == SqlType.Kind.TIME
        && (from == SqlType.Kind.TIMESTAMP || from == SqlType.Kind.TIMESTAMPTZ);
  }

  /** A stored default with its session values renumbered for a statement. */
  static Expr forStatement(Expr stored, ExprTranslator translator) {
    return switch (stored) {
      case Expr.Parameter parameter when parameter.index() >= STORED_CONTEXT_BASE ->
          translator.context(Functions.Context.values()[parameter.index() - STORED_CONTEXT_BASE]);
      case Expr.Call call ->
          new Expr.Call(
              call.function(),
              call.arguments().stream()
                  .map(argument -> forStatement(argument, translator))
                  .toList(),
              call.type());
      default -> stored;
    };
  }
}
