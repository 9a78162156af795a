package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.MeridianException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns expressions into closures: each function family has a class of its own. */
final class ExprCompiler {
  private static final @Nullable Object[] NO_TUPLE = {};
  private static final Map<ScalarFunction, Family> FAMILIES = families();

  /** Compiles the calls of some functions. */
  @FunctionalInterface
  private interface Family {
    Evaluator compile(Expr.Call call, Evaluator[] args);
  }

  private ExprCompiler() {}

  /** In the order in which {@link ScalarFunction} declares its functions. */
  private static Map<ScalarFunction, Family> families() {
    Map<ScalarFunction, Family> families = new EnumMap<>(ScalarFunction.class);
    range(families, ScalarFunction.AND, ScalarFunction.IS_NOT_FALSE, LogicFunctions::compile);
    range(
        families,
        ScalarFunction.IS_DISTINCT_FROM,
        ScalarFunction.IS_NOT_DISTINCT_FROM,
        ComparisonFunctions::compile);
    range(families, ScalarFunction.CASE, ScalarFunction.COALESCE, LogicFunctions::compile);
    range(families, ScalarFunction.NULLIF, ScalarFunction.GE, ComparisonFunctions::compile);
    range(families, ScalarFunction.ADD, ScalarFunction.ABS, ArithmeticFunctions::compile);
    range(families, ScalarFunction.CEIL, ScalarFunction.CBRT, MathFunctions::compile);
    range(families, ScalarFunction.CAST, ScalarFunction.CAST, ExprCompiler::compileCast);
    range(families, ScalarFunction.LIKE, ScalarFunction.TRANSLATE, TextFunctions::compile);
    range(
        families,
        ScalarFunction.DATE_TRUNC,
        ScalarFunction.TO_TIMESTAMP,
        DateTimeFunctions::compile);
    Invariants.check(families.size() == ScalarFunction.values().length, "a function has no family");
    return families;
  }

  private static void range(
      Map<ScalarFunction, Family> families,
      ScalarFunction first,
      ScalarFunction last,
      Family family) {
    EnumSet.range(first, last).forEach(function -> families.put(function, family));
  }

  static Evaluator compile(Expr expr) {
    return switch (expr) {
      case Expr.Literal literal -> constant(literal.value());
      case Expr.Column column -> {
        int index = column.index();
        yield tuple -> tuple[index];
      }
      case Expr.Call call -> compileCall(call);
      case Expr.Parameter parameter ->
          throw Invariants.unreachable("parameter %d is not bound", parameter.index());
    };
  }

  static Evaluator constant(@Nullable Object value) {
    return _ -> value;
  }

  private static Evaluator compileCall(Expr.Call call) {
    List<Expr> arguments = call.arguments();
    Evaluator[] args = new Evaluator[arguments.size()];
    boolean constant = true;
    for (int i = 0; i < args.length; i++) {
      args[i] = compile(arguments.get(i));
      constant &= arguments.get(i) instanceof Expr.Literal;
    }
    Evaluator compiled = compileCall(call, args);
    if (!constant) {
      return compiled;
    }
    try {
      return constant(compiled.eval(NO_TUPLE));
    } catch (MeridianException e) {
      // Perhaps the call is never reached (CASE); if it is, it fails then.
      return compiled;
    }
  }

  private static Evaluator compileCall(Expr.Call call, Evaluator[] args) {
    Family family = FAMILIES.get(call.function());
    if (family == null) {
      throw Invariants.unreachable("%s has no family", call.function());
    }
    return family.compile(call, args);
  }

  private static Evaluator compileCast(Expr.Call call, Evaluator[] args) {
    SqlType from = call.arguments().getFirst().type();
    return Strict.unary(args[0], value -> Casts.cast(value, from, call.type()));
  }
}
