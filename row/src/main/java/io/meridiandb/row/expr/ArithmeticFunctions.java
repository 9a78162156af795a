package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;

/**
 * Arithmetic in the type of the call: integers are checked for overflow, NUMERIC follows
 * PostgreSQL's rules for the scale, floating point numbers must not overflow to infinity or
 * underflow to zero.
 */
final class ArithmeticFunctions {
  private ArithmeticFunctions() {}

  static Evaluator compile(Expr.Call call, Evaluator[] rawArgs) {
    Evaluator[] args = new Evaluator[rawArgs.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = Conversions.to(call.type(), call.arguments().get(i), rawArgs[i]);
    }
    Kind kind = call.type().kind();
    if (kind.isInteger()) {
      return integers(call.function(), call.type(), args);
    }
    if (kind == Kind.NUMERIC) {
      return numerics(call.function(), args);
    }
    Invariants.check(kind.isFloat(), "%s in %s", call.function(), call.type());
    return floats(call.function(), kind, args);
  }

  private static Evaluator integers(ScalarFunction function, SqlType type, Evaluator[] args) {
    IntegerRange range = IntegerRange.of(type);
    return switch (function) {
      case ADD -> Strict.binary(args[0], args[1], (a, b) -> range.add((Long) a, (Long) b));
      case SUBTRACT ->
          Strict.binary(args[0], args[1], (a, b) -> range.subtract((Long) a, (Long) b));
      case MULTIPLY ->
          Strict.binary(args[0], args[1], (a, b) -> range.multiply((Long) a, (Long) b));
      case DIVIDE -> Strict.binary(args[0], args[1], (a, b) -> range.divide((Long) a, (Long) b));
      case MOD -> Strict.binary(args[0], args[1], (a, b) -> (Long) a % divisor((Long) b));
      case NEGATE -> Strict.unary(args[0], a -> range.subtract(0, (Long) a));
      case ABS -> Strict.unary(args[0], a -> (Long) a < 0 ? range.subtract(0, (Long) a) : a);
      default -> throw Invariants.unreachable("%s is no arithmetic", function);
    };
  }

  private static long divisor(long value) {
    if (value == 0) {
      throw divisionByZero();
    }
    return value;
  }

  static MeridianException divisionByZero() {
    return new MeridianException(ErrorCode.DIVISION_BY_ZERO, "division by zero");
  }

  /** The numbers of an integer type. */
  record IntegerRange(long min, long max, String name) {
    static IntegerRange of(SqlType type) {
      return switch (type.kind()) {
        case SMALLINT -> new IntegerRange(Short.MIN_VALUE, Short.MAX_VALUE, "smallint");
        case INTEGER -> new IntegerRange(Integer.MIN_VALUE, Integer.MAX_VALUE, "integer");
        default -> new IntegerRange(Long.MIN_VALUE, Long.MAX_VALUE, "bigint");
      };
    }

    Long add(long a, long b) {
      long sum = a + b;
      if (((a ^ sum) & (b ^ sum)) < 0) {
        throw outOfRange();
      }
      return check(sum);
    }

    Long subtract(long a, long b) {
      long difference = a - b;
      if (((a ^ b) & (a ^ difference)) < 0) {
        throw outOfRange();
      }
      return check(difference);
    }

    Long multiply(long a, long b) {
      long low = a * b;
      if (Math.multiplyHigh(a, b) != low >> (Long.SIZE - 1)) {
        throw outOfRange();
      }
      return check(low);
    }

    Long divide(long a, long b) {
      if (a == Long.MIN_VALUE && b == -1) {
        throw outOfRange();
      }
      return check(a / divisor(b));
    }

    long check(long value) {
      if (value < min || value > max) {
        throw outOfRange();
      }
      return value;
    }

    MeridianException outOfRange() {
      return new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, name + " out of range");
    }
  }

  private static Evaluator numerics(ScalarFunction function, Evaluator[] args) {
    return switch (function) {
      case ADD -> numeric(args, BigDecimal::add);
      case SUBTRACT -> numeric(args, BigDecimal::subtract);
      case MULTIPLY -> numeric(args, Numerics::multiply);
      case DIVIDE -> numeric(args, Numerics::divide);
      case MOD -> numeric(args, Numerics::remainder);
      case NEGATE -> Strict.unary(args[0], a -> ((BigDecimal) a).negate());
      case ABS -> Strict.unary(args[0], a -> ((BigDecimal) a).abs());
      default -> throw Invariants.unreachable("%s is no arithmetic", function);
    };
  }

  @FunctionalInterface
  private interface NumericOperator {
    BigDecimal apply(BigDecimal a, BigDecimal b);
  }

  private static Evaluator numeric(Evaluator[] args, NumericOperator operator) {
    return Strict.binary(
        args[0],
        args[1],
        (a, b) -> Numerics.checkSize(operator.apply((BigDecimal) a, (BigDecimal) b)));
  }

  @FunctionalInterface
  private interface FloatOperator {
    double apply(double a, double b);
  }

  private static Evaluator floats(ScalarFunction function, Kind kind, Evaluator[] args) {
    return switch (function) {
      case ADD -> sum(kind, args, (a, b) -> a + b);
      case SUBTRACT -> sum(kind, args, (a, b) -> a - b);
      case MULTIPLY ->
          Strict.binary(
              args[0],
              args[1],
              (x, y) -> {
                double a = (Double) x;
                double b = (Double) y;
                return floatResult(kind, a * b, infinite(a, b), a == 0 || b == 0);
              });
      case DIVIDE ->
          Strict.binary(
              args[0],
              args[1],
              (x, y) -> {
                double a = (Double) x;
                double b = (Double) y;
                if (b == 0 && !Double.isNaN(a)) {
                  throw divisionByZero();
                }
                return floatResult(kind, a / b, infinite(a, b), a == 0 || infinite(b, b));
              });
      case MOD ->
          Strict.binary(
              args[0],
              args[1],
              (a, b) -> {
                if ((Double) b == 0) {
                  throw divisionByZero();
                }
                return (Double) a % (Double) b;
              });
      case NEGATE -> Strict.unary(args[0], a -> -(Double) a);
      case ABS -> Strict.unary(args[0], a -> Math.abs((Double) a));
      default -> throw Invariants.unreachable("%s is no arithmetic", function);
    };
  }

  private static Evaluator sum(Kind kind, Evaluator[] args, FloatOperator operator) {
    return Strict.binary(
        args[0],
        args[1],
        (x, y) -> {
          double a = (Double) x;
          double b = (Double) y;
          return floatResult(kind, operator.apply(a, b), infinite(a, b), true);
        });
  }

  private static boolean infinite(double a, double b) {
    return Double.isInfinite(a) || Double.isInfinite(b);
  }

  /** Rounds to the kind, and refuses infinity and zero that come from rounding alone. */
  static Double floatResult(Kind kind, double value, boolean mayBeInfinite, boolean mayBeZero) {
    double result = kind == Kind.REAL ? (double) (float) value : value;
    if (Double.isInfinite(result) && !mayBeInfinite) {
      throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "value out of range: overflow");
    }
    if (result == 0 && !mayBeZero) {
      throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "value out of range: underflow");
    }
    return result;
  }
}
