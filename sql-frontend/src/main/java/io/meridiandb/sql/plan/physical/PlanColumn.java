package io.meridiandb.sql.plan.physical;

import io.meridiandb.row.type.SqlType;

/**
 * A column of a plan's result.
 *
 * @param name as the client sees it
 * @param type its type
 * @param nullable whether NULL may occur
 * @param table the table it is taken from, empty if it is computed
 */
public record PlanColumn(String name, SqlType type, boolean nullable, String table) {
  /** A computed column. */
  public static PlanColumn of(String name, SqlType type) {
    return new PlanColumn(name, type, true, "");
  }

  /** The same column, NULL allowed: of the side of an outer join that may be missing. */
  public PlanColumn asNullable() {
    return nullable ? this : new PlanColumn(name, type, true, table);
  }
}
