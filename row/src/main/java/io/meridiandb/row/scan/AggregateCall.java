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
 * @param type the type of the final value
 */
public record AggregateCall(
    Function function, @Nullable Expr argument, boolean distinct, SqlType type) {
  /** The aggregate functions. AVG is carried as SUM and COUNT by the planner. */
  public enum Function {
    COUNT,
    SUM,
    MIN,
    MAX,
    BOOL_AND,
    BOOL_OR,
    STRING_AGG,
    ANY_VALUE
  }
}
