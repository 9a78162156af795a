package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import java.util.List;

/**
 * Implicit conversions within the numbers and within the dates: the only ones that expressions do
 * by themselves. All others are casts, which the planner puts in.
 */
final class Conversions {
  private Conversions() {}

  /** The type in which values of the arguments are compared; NULL literals have no say. */
  static SqlType common(List<Expr> arguments) {
    SqlType common = null;
    for (Expr argument : arguments) {
      if (!isNull(argument)) {
        common = common == null ? argument.type() : common(common, argument.type());
      }
    }
    return common == null ? arguments.getFirst().type() : common;
  }

  private static boolean isNull(Expr argument) {
    return argument instanceof Expr.Literal literal && literal.value() == null;
  }

  private static SqlType common(SqlType left, SqlType right) {
    if (left.kind() == right.kind()) {
      return left;
    }
    if (left.kind().isNumber() && right.kind().isNumber()) {
      if (left.kind().isFloat() || right.kind().isFloat()) {
        return SqlType.DOUBLE;
      }
      return left.kind() == Kind.NUMERIC || right.kind() == Kind.NUMERIC
          ? SqlType.NUMERIC
          : SqlType.BIGINT;
    }
    if (left.kind().hasDate() && right.kind().hasDate()) {
      return left.kind() == Kind.TIMESTAMPTZ || right.kind() == Kind.TIMESTAMPTZ
          ? SqlType.TIMESTAMPTZ
          : SqlType.TIMESTAMP;
    }
    return left;
  }

  /** An argument in the Java form of a type, without rounding to a precision. */
  static Evaluator to(SqlType target, Expr argument, Evaluator evaluator) {
    return isNull(argument) ? evaluator : to(target, argument.type(), evaluator);
  }

  /** Values of a type in the Java form of another. */
  static Evaluator to(SqlType target, SqlType from, Evaluator evaluator) {
    if (target.kind().sameFormAs(from.kind())) {
      return evaluator;
    }
    boolean convertible =
        (target.kind().isNumber() && from.kind().isNumber())
            || (target.kind().hasDate() && from.kind().hasDate());
    Invariants.check(convertible, "%s is not brought to %s without a cast", from, target);
    SqlType unlimited = SqlType.of(target.kind());
    return Strict.unary(evaluator, value -> Casts.cast(value, from, unlimited));
  }
}
