package io.meridiandb.sql.plan.physical;

import io.meridiandb.row.expr.Expr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of a table, given by expressions without input columns (literals and parameters) that are
 * evaluated when the plan runs: the first key parts equal to values, and optionally the next part
 * within bounds. Each expression has exactly its key column's type. If one is NULL the range is
 * empty, since no comparison with NULL is true.
 *
 * @param equal values of the first key parts; all of them make a point
 * @param lower bound of the next part, or null
 * @param upper bound of the next part, or null
 */
public record KeyRangeSpec(List<Expr> equal, @Nullable BoundSpec lower, @Nullable BoundSpec upper) {
  /** All rows of the table. */
  public static final KeyRangeSpec ALL = new KeyRangeSpec(List.of(), null, null);

  public KeyRangeSpec {
    equal = List.copyOf(equal);
  }

  /** The rows whose first key parts have these values. */
  public static KeyRangeSpec prefix(List<Expr> equal) {
    return new KeyRangeSpec(equal, null, null);
  }

  /**
   * One bound, in the order of the values: whether the part is stored in falling order does not
   * matter here.
   *
   * @param value what the part is compared with
   * @param inclusive whether it may be equal
   */
  public record BoundSpec(Expr value, boolean inclusive) {}
}
