package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlValues;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Comparison of two values of one kind; numbers and timestamps of two kinds are brought to one. */
final class ComparisonFunctions {
  /** From so many constants on, IN looks its value up in a set. */
  private static final int SET_SIZE_MIN = 4;

  private ComparisonFunctions() {}

  static Evaluator compile(Expr.Call call, Evaluator[] rawArgs) {
    Evaluator[] args = toCommonType(call.arguments(), rawArgs);
    return switch (call.function()) {
      case EQ -> Strict.binary(args[0], args[1], SqlValues::equal);
      case NE -> Strict.binary(args[0], args[1], (a, b) -> !SqlValues.equal(a, b));
      case LT -> Strict.binary(args[0], args[1], (a, b) -> SqlValues.compare(a, b) < 0);
      case LE -> Strict.binary(args[0], args[1], (a, b) -> SqlValues.compare(a, b) <= 0);
      case GT -> Strict.binary(args[0], args[1], (a, b) -> SqlValues.compare(a, b) > 0);
      case GE -> Strict.binary(args[0], args[1], (a, b) -> SqlValues.compare(a, b) >= 0);
      case IS_DISTINCT_FROM -> tuple -> distinct(args[0].eval(tuple), args[1].eval(tuple));
      case IS_NOT_DISTINCT_FROM -> tuple -> !distinct(args[0].eval(tuple), args[1].eval(tuple));
      case NULLIF -> nullIf(rawArgs[0], args);
      case GREATEST -> extreme(call, rawArgs, 1);
      case LEAST -> extreme(call, rawArgs, -1);
      case IN -> in(call.arguments(), args);
      default -> throw Invariants.unreachable("%s is no comparison", call.function());
    };
  }

  private static boolean distinct(@Nullable Object left, @Nullable Object right) {
    return (left == null || right == null) ? left != right : !SqlValues.equal(left, right);
  }

  private static Evaluator nullIf(Evaluator value, Evaluator[] compared) {
    return tuple -> {
      Object left = compared[0].eval(tuple);
      Object right = compared[1].eval(tuple);
      boolean equal = left != null && right != null && SqlValues.equal(left, right);
      return equal ? null : value.eval(tuple);
    };
  }

  private static Evaluator extreme(Expr.Call call, Evaluator[] rawArgs, int sign) {
    Evaluator[] args = new Evaluator[rawArgs.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = Conversions.to(call.type(), call.arguments().get(i), rawArgs[i]);
    }
    return tuple -> {
      Object best = null;
      for (Evaluator arg : args) {
        Object value = arg.eval(tuple);
        if (value != null && (best == null || SqlValues.compare(value, best) * sign > 0)) {
          best = value;
        }
      }
      return best;
    };
  }

  private static Evaluator in(List<Expr> arguments, Evaluator[] args) {
    boolean constant =
        args.length > SET_SIZE_MIN
            && arguments.stream().skip(1).allMatch(Expr.Literal.class::isInstance);
    return constant ? inSet(args) : inList(args);
  }

  private static Evaluator inSet(Evaluator[] args) {
    @Nullable Object[] noTuple = {};
    Set<Object> members = new LinkedHashSet<>();
    boolean sawNull = false;
    for (int i = 1; i < args.length; i++) {
      Object member = SqlValues.hashable(args[i].eval(noTuple));
      if (member == null) {
        sawNull = true;
      } else {
        members.add(member);
      }
    }
    @Nullable Boolean otherwise = sawNull ? null : Boolean.FALSE;
    return Strict.unary(
        args[0], value -> members.contains(SqlValues.hashable(value)) ? Boolean.TRUE : otherwise);
  }

  private static Evaluator inList(Evaluator[] args) {
    return tuple -> {
      Object value = args[0].eval(tuple);
      if (value == null) {
        return null;
      }
      boolean sawNull = false;
      for (int i = 1; i < args.length; i++) {
        Object member = args[i].eval(tuple);
        if (member == null) {
          sawNull = true;
        } else if (SqlValues.equal(value, member)) {
          return true;
        }
      }
      return sawNull ? null : false;
    };
  }

  private static Evaluator[] toCommonType(List<Expr> arguments, Evaluator[] args) {
    SqlType common = Conversions.common(arguments);
    Evaluator[] converted = new Evaluator[args.length];
    for (int i = 0; i < args.length; i++) {
      converted[i] = Conversions.to(common, arguments.get(i), args[i]);
    }
    return converted;
  }
}
