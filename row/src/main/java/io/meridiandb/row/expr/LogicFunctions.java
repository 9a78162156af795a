package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import org.jspecify.annotations.Nullable;

/** Three-valued logic, and the functions that evaluate only some of their arguments. */
final class LogicFunctions {
  private LogicFunctions() {}

  static Evaluator compile(Expr.Call call, Evaluator[] args) {
    Evaluator first = args[0];
    return switch (call.function()) {
      case AND -> junction(args, Boolean.FALSE);
      case OR -> junction(args, Boolean.TRUE);
      case NOT -> Strict.unary(first, value -> !(Boolean) value);
      case IS_NULL -> tuple -> first.eval(tuple) == null;
      case IS_NOT_NULL -> tuple -> first.eval(tuple) != null;
      case IS_TRUE -> tuple -> Boolean.TRUE.equals(first.eval(tuple));
      case IS_NOT_TRUE -> tuple -> !Boolean.TRUE.equals(first.eval(tuple));
      case IS_FALSE -> tuple -> Boolean.FALSE.equals(first.eval(tuple));
      case IS_NOT_FALSE -> tuple -> !Boolean.FALSE.equals(first.eval(tuple));
      case CASE -> choice(call, args);
      case COALESCE -> coalesce(call, args);
      default -> throw Invariants.unreachable("%s is no logic function", call.function());
    };
  }

  /** AND (decided by FALSE) and OR (decided by TRUE). */
  private static Evaluator junction(Evaluator[] args, Boolean decisive) {
    Boolean otherwise = !decisive;
    return tuple -> {
      boolean unknown = false;
      for (Evaluator arg : args) {
        Object value = arg.eval(tuple);
        if (decisive.equals(value)) {
          return decisive;
        }
        unknown |= value == null;
      }
      return unknown ? null : otherwise;
    };
  }

  private static Evaluator choice(Expr.Call call, Evaluator[] rawArgs) {
    Evaluator[] args = rawArgs.clone();
    for (int i = 0; i < args.length; i++) {
      if (i % 2 == 1 || i == args.length - 1) {
        args[i] = Conversions.to(call.type(), call.arguments().get(i), rawArgs[i]);
      }
    }
    Invariants.check(args.length % 2 == 1, "CASE with %d arguments", args.length);
    return tuple -> {
      for (int i = 0; i + 1 < args.length; i += 2) {
        if (args[i].test(tuple)) {
          return args[i + 1].eval(tuple);
        }
      }
      return args[args.length - 1].eval(tuple);
    };
  }

  private static Evaluator coalesce(Expr.Call call, Evaluator[] rawArgs) {
    Evaluator[] args = new Evaluator[rawArgs.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = Conversions.to(call.type(), call.arguments().get(i), rawArgs[i]);
    }
    return tuple -> {
      for (Evaluator arg : args) {
        @Nullable Object value = arg.eval(tuple);
        if (value != null) {
          return value;
        }
      }
      return null;
    };
  }
}
