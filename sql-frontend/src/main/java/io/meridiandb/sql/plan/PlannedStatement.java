package io.meridiandb.sql.plan;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement ready to run, any number of times and in any session; immutable, no Calcite object in
 * it.
 *
 * @param kind what it does
 * @param plan how
 * @param parameters the types of the user's parameters, by position
 * @param version the schema it was planned with
 * @param returnsRows whether the client gets rows: a query, or RETURNING
 * @param locks whether it takes exclusive locks (FOR UPDATE)
 * @param asOf when a query with AS OF SYSTEM TIME reads; null for now
 */
public record PlannedStatement(
    Kind kind,
    PhysicalPlan plan,
    List<SqlType> parameters,
    SchemaVersion version,
    boolean returnsRows,
    boolean locks,
    @Nullable AsOf asOf) {
  /**
   * What AS OF SYSTEM TIME says.
   *
   * @param moment a moment or how long ago, without input columns
   * @param atLeast whether anything not older will do (bounded staleness): a nearby replica's
   *     newest state; otherwise the read is of exactly then
   */
  public record AsOf(Expr moment, boolean atLeast) {}

  /** What a statement does; the name is the completion tag. */
  public enum Kind {
    SELECT,
    INSERT,
    UPDATE,
    DELETE
  }

  public PlannedStatement {
    parameters = List.copyOf(parameters);
  }

  /** Whether it changes or locks rows, so that it needs a read-write transaction. */
  public boolean needsWriteTransaction() {
    return kind != Kind.SELECT || locks;
  }

  /** Whether it changes rows. */
  public boolean writes() {
    return kind != Kind.SELECT;
  }

  /** The columns that the client sees. */
  public List<PlanColumn> columns() {
    return returnsRows ? plan.columns() : List.of();
  }
}
