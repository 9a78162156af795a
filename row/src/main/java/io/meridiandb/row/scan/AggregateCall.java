package io.meridiandb.row.scan;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.type.SqlType;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate.
 *
 * @param function which
 * @param argument its argument; null only for COUNT(*)
 * @param distinct whether equal arguments count once (never pushed down)
 * @param separator what STRING_AGG puts between the texts; null for other functions
 * @param type the type of the final value
 */
public record AggregateCall(
    Function function,
    @Nullable Expr argument,
    boolean distinct,
    @Nullable Expr separator,
    SqlType type) {
  /** An aggregate without separator. */
  public AggregateCall(Function function, @Nullable Expr argument, boolean distinct, SqlType type) {
    this(function, argument, distinct, null, type);
  }

  /**
   * The aggregate functions; their order is part of the message format. AVG is carried as SUM and
   * COUNT by the planner. SINGLE_VALUE is the value of a scalar subquery: more than one row is an
   * error.
   */
  public enum Function {
    COUNT,
    SUM,
    MIN,
    MAX,
    BOOL_AND,
    BOOL_OR,
    STRING_AGG,
    ANY_VALUE,
    SINGLE_VALUE
  }
}
