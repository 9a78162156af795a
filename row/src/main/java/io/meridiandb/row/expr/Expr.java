package io.meridiandb.row.expr;

import io.meridiandb.row.type.SqlType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An expression over one input tuple. Immutable data: it can be stored, sent and printed; it is
 * evaluated by {@link Evaluator}, which compiles it to closures. Gateways (filters, constant
 * folding) and tablets (pushed-down filters) use the same evaluator, so they cannot disagree.
 */
public sealed interface Expr {
  /** The type of its value. */
  SqlType type();

  /** A constant; a null value is SQL NULL. */
  record Literal(@Nullable Object value, SqlType type) implements Expr {}

  /** The value at a position of the input tuple, from 0. */
  record Column(int index, SqlType type) implements Expr {}

  /** A parameter of the statement, from 0; bound before execution. */
  record Parameter(int index, SqlType type) implements Expr {}

  /** A function applied to arguments; operators, CASE, AND and casts are functions too. */
  record Call(ScalarFunction function, List<Expr> arguments, SqlType type) implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }
}
