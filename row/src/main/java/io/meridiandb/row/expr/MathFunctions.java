package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.DoubleUnaryOperator;

/**
 * Mathematical functions. Those of floating point numbers use {@link StrictMath}: every server must
 * get the same last bit.
 */
final class MathFunctions {
  private MathFunctions() {}

  static Evaluator compile(Expr.Call call, Evaluator[] args) {
    return switch (call.function()) {
      case CEIL -> rounding(call, args, RoundingMode.CEILING);
      case FLOOR -> rounding(call, args, RoundingMode.FLOOR);
      case ROUND -> rounding(call, args, RoundingMode.HALF_UP);
      case TRUNC -> rounding(call, args, RoundingMode.DOWN);
      case SIGN -> sign(call, args);
      case BIT_REVERSE -> Strict.unary(args[0], value -> bitReverse((Long) value));
      case SQRT, POWER -> call.type().kind() == Kind.NUMERIC ? exact(call, args) : real(call, args);
      default -> real(call, args);
    };
  }

  /**
   * Bits 0 to 62 from last to first; the sign stays, so that the result of a positive is positive.
   */
  private static long bitReverse(long value) {
    return (value & Long.MIN_VALUE) | (Long.reverse(value) >>> 1);
  }

  private static Evaluator rounding(Expr.Call call, Evaluator[] rawArgs, RoundingMode mode) {
    Evaluator value = to(call, rawArgs, 0, call.type());
    Kind kind = call.type().kind();
    if (kind.isInteger()) {
      return value;
    }
    if (kind.isFloat()) {
      return Strict.unary(value, number -> roundFloat((Double) number, mode));
    }
    if (rawArgs.length == 1) {
      return Strict.unary(value, number -> Numerics.round((BigDecimal) number, 0, mode));
    }
    return Strict.binary(
        value,
        rawArgs[1],
        (number, digits) -> Numerics.round((BigDecimal) number, (Long) digits, mode));
  }

  private static double roundFloat(double value, RoundingMode mode) {
    return switch (mode) {
      case CEILING -> Math.ceil(value);
      case FLOOR -> Math.floor(value);
      case DOWN -> value < 0 ? Math.ceil(value) : Math.floor(value);
      default -> Math.rint(value); // as PostgreSQL: to even
    };
  }

  private static Evaluator sign(Expr.Call call, Evaluator[] rawArgs) {
    Evaluator value = to(call, rawArgs, 0, call.type());
    Kind kind = call.type().kind();
    if (kind.isInteger()) {
      return Strict.unary(value, number -> (long) Long.signum((Long) number));
    }
    return kind == Kind.NUMERIC
        ? Strict.unary(value, number -> BigDecimal.valueOf(((BigDecimal) number).signum()))
        : Strict.unary(value, number -> Math.signum((Double) number));
  }

  private static Evaluator to(Expr.Call call, Evaluator[] args, int index, SqlType type) {
    return Conversions.to(type, call.arguments().get(index), args[index]);
  }

  private static Evaluator exact(Expr.Call call, Evaluator[] rawArgs) {
    Evaluator base = to(call, rawArgs, 0, SqlType.NUMERIC);
    if (call.function() == ScalarFunction.SQRT) {
      return Strict.unary(base, value -> sqrt((BigDecimal) value));
    }
    Evaluator exponent = to(call, rawArgs, 1, SqlType.NUMERIC);
    return Strict.binary(base, exponent, (b, e) -> power((BigDecimal) b, (BigDecimal) e));
  }

  private static BigDecimal sqrt(BigDecimal value) {
    if (value.signum() < 0) {
      throw domain("cannot take square root of a negative number");
    }
    return Numerics.sqrt(value);
  }

  private static BigDecimal power(BigDecimal base, BigDecimal exponent) {
    BigDecimal exact = Numerics.power(base, exponent);
    return exact != null
        ? exact
        : BigDecimal.valueOf(power(base.doubleValue(), exponent.doubleValue()));
  }

  /** Functions of floating point numbers; the result is brought to the call's type. */
  private static Evaluator real(Expr.Call call, Evaluator[] rawArgs) {
    Evaluator first = to(call, rawArgs, 0, SqlType.DOUBLE);
    Evaluator result;
    if (rawArgs.length == 1) {
      DoubleUnaryOperator operator = unary(call.function());
      result = Strict.unary(first, x -> checked(operator.applyAsDouble((Double) x), (Double) x));
    } else {
      Evaluator second = to(call, rawArgs, 1, SqlType.DOUBLE);
      result =
          Strict.binary(
              first,
              second,
              (a, b) -> {
                double x = (Double) a;
                double y = (Double) b;
                return checked(binary(call.function(), x, y), x + y);
              });
    }
    return Conversions.to(call.type(), SqlType.DOUBLE, result);
  }

  private static double checked(double result, double input) {
    if (Double.isInfinite(result) && !Double.isInfinite(input)) {
      throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "value out of range: overflow");
    }
    return result;
  }

  private static DoubleUnaryOperator unary(ScalarFunction function) {
    return switch (function) {
      case SQRT -> x -> StrictMath.sqrt(notNegative(x));
      case LN -> x -> StrictMath.log(positive(x));
      case LOG -> x -> StrictMath.log10(positive(x));
      case EXP -> StrictMath::exp;
      case SIN -> x -> StrictMath.sin(finite(x));
      case COS -> x -> StrictMath.cos(finite(x));
      case TAN -> x -> StrictMath.tan(finite(x));
      case ASIN -> x -> StrictMath.asin(withinOne(x));
      case ACOS -> x -> StrictMath.acos(withinOne(x));
      case ATAN -> StrictMath::atan;
      case RADIANS -> StrictMath::toRadians;
      case DEGREES -> StrictMath::toDegrees;
      case CBRT -> StrictMath::cbrt;
      default -> throw Invariants.unreachable("%s takes more than one argument", function);
    };
  }

  private static double binary(ScalarFunction function, double x, double y) {
    return switch (function) {
      case POWER -> power(x, y);
      case LOG -> logarithm(x, y);
      case ATAN2 -> StrictMath.atan2(x, y);
      default -> throw Invariants.unreachable("%s takes one argument", function);
    };
  }

  private static double logarithm(double base, double value) {
    double divisor = StrictMath.log(positive(base));
    if (divisor == 0) {
      throw ArithmeticFunctions.divisionByZero();
    }
    return StrictMath.log(positive(value)) / divisor;
  }

  private static double power(double base, double exponent) {
    if (base == 0 && exponent < 0) {
      throw domain("zero raised to a negative power is undefined");
    }
    if (base < 0 && exponent != StrictMath.rint(exponent)) {
      throw domain("a negative number raised to a non-integer power yields a complex result");
    }
    return StrictMath.pow(base, exponent);
  }

  private static double notNegative(double value) {
    if (value < 0) {
      throw domain("cannot take square root of a negative number");
    }
    return value;
  }

  private static double positive(double value) {
    if (value == 0) {
      throw domain("cannot take logarithm of zero");
    }
    if (value < 0) {
      throw domain("cannot take logarithm of a negative number");
    }
    return value;
  }

  private static double finite(double value) {
    if (Double.isInfinite(value)) {
      throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "input is out of range");
    }
    return value;
  }

  private static double withinOne(double value) {
    if (value < -1 || value > 1) {
      throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "input is out of range");
    }
    return value;
  }

  private static MeridianException domain(String message) {
    return new MeridianException(ErrorCode.INVALID_PARAMETER_VALUE, message);
  }
}
