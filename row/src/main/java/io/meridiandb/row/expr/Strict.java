package io.meridiandb.row.expr;

import org.jspecify.annotations.Nullable;

/** Wraps functions of values that are there into evaluators that give NULL when one is missing. */
final class Strict {
  /** A function of one value. */
  @FunctionalInterface
  interface Unary {
    @Nullable Object apply(Object value);
  }

  /** A function of two values. */
  @FunctionalInterface
  interface Binary {
    @Nullable Object apply(Object left, Object right);
  }

  /** A function of any number of values. */
  @FunctionalInterface
  interface Variadic {
    @Nullable Object apply(Object[] values);
  }

  private Strict() {}

  static Evaluator unary(Evaluator argument, Unary function) {
    return tuple -> {
      Object value = argument.eval(tuple);
      return value == null ? null : function.apply(value);
    };
  }

  static Evaluator binary(Evaluator left, Evaluator right, Binary function) {
    return tuple -> {
      Object a = left.eval(tuple);
      if (a == null) {
        return null;
      }
      Object b = right.eval(tuple);
      return b == null ? null : function.apply(a, b);
    };
  }

  static Evaluator variadic(Evaluator[] arguments, Variadic function) {
    return tuple -> {
      Object[] values = new Object[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        Object value = arguments[i].eval(tuple);
        if (value == null) {
          return null;
        }
        values[i] = value;
      }
      return function.apply(values);
    };
  }
}
