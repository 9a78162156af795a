package io.meridiandb.sql.plan.physical;

/**
 * One key of an order.
 *
 * @param column position in the input
 * @param descending falling order
 * @param nullsFirst where NULLs go; PostgreSQL's default is last, for falling order first
 */
public record SortKey(int column, boolean descending, boolean nullsFirst) {
  /** Rising order, NULLs last. */
  public static SortKey ascending(int column) {
    return new SortKey(column, false, false);
  }

  /** Falling order, NULLs first. */
  public static SortKey descending(int column) {
    return new SortKey(column, true, true);
  }
}
