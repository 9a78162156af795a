package io.meridiandb.row.expr;

import org.jspecify.annotations.Nullable;

/**
 * An expression made ready to be evaluated many times. Immutable; callable from any thread.
 *
 * <p>Errors of the data (overflow, division by zero, text that is no number) are {@link
 * io.meridiandb.wire.MeridianException}s with PostgreSQL's SQLSTATE.
 */
@FunctionalInterface
public interface Evaluator {
  /** The value for an input tuple; null is SQL NULL. */
  @Nullable Object eval(@Nullable Object[] tuple);

  /** Whether the value is TRUE; neither FALSE nor NULL are. */
  default boolean test(@Nullable Object[] tuple) {
    return Boolean.TRUE.equals(eval(tuple));
  }

  /**
   * Compiles an expression to closures. Calls whose arguments are constants are evaluated once,
   * here; an error of theirs is thrown when the value is asked for.
   *
   * @param expr without parameters: {@link ExprBinder} has put their values in
   */
  static Evaluator compile(Expr expr) {
    return ExprCompiler.compile(expr);
  }
}
