package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns expressions into closures: each function family has a class of its own. */
final class ExprCompiler {
  private static final @Nullable Object[] NO_TUPLE = {};

  private ExprCompiler() {}

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
    return switch (call.function()) {
      case AND,
          OR,
          NOT,
          IS_NULL,
          IS_NOT_NULL,
          IS_TRUE,
          IS_NOT_TRUE,
          IS_FALSE,
          IS_NOT_FALSE,
          CASE,
          COALESCE ->
          LogicFunctions.compile(call, args);
      case EQ,
          NE,
          LT,
          LE,
          GT,
          GE,
          IS_DISTINCT_FROM,
          IS_NOT_DISTINCT_FROM,
          NULLIF,
          GREATEST,
          LEAST,
          IN ->
          ComparisonFunctions.compile(call, args);
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MOD, NEGATE, ABS ->
          ArithmeticFunctions.compile(call, args);
      case CEIL,
          FLOOR,
          ROUND,
          TRUNC,
          SQRT,
          POWER,
          LN,
          EXP,
          LOG,
          SIGN,
          BIT_REVERSE,
          SIN,
          COS,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          ATAN2,
          RADIANS,
          DEGREES,
          CBRT ->
          MathFunctions.compile(call, args);
      case CAST -> {
        Evaluator argument = args[0];
        var from = call.arguments().getFirst().type();
        yield Strict.unary(argument, value -> Casts.cast(value, from, call.type()));
      }
      case LIKE,
          ILIKE,
          CONCAT,
          CONCAT_ANY,
          CONCAT_WS,
          LOWER,
          UPPER,
          LENGTH,
          OCTET_LENGTH,
          SUBSTRING,
          POSITION,
          TRIM_BOTH,
          TRIM_LEADING,
          TRIM_TRAILING,
          REPLACE,
          SPLIT_PART,
          LPAD,
          RPAD,
          LEFT,
          RIGHT,
          REPEAT,
          REVERSE,
          STARTS_WITH,
          MD5,
          INITCAP,
          ASCII,
          CHR,
          TRANSLATE ->
          TextFunctions.compile(call, args);
      case DATE_TRUNC,
          EXTRACT,
          ADD_INTERVAL,
          ADD_DAYS,
          DAYS_BETWEEN,
          MICROS_BETWEEN,
          MAKE_DATE,
          TO_TIMESTAMP ->
          DateTimeFunctions.compile(call, args);
    };
  }
}
