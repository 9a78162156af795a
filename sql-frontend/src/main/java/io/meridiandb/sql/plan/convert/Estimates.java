package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.calcite.PlannerTable;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;

/**
 * Guesses of how many rows a plan gives. There are no statistics yet: key structure says most of
 * what matters (a point, the children of one parent, a whole table), the rest are constants.
 */
final class Estimates {
  /** What part of the rows a condition is taken to keep. */
  private static final double FILTER = 0.25;

  /** How many different values a key part is taken to have. */
  private static final double VALUES_PER_PART = 100;

  private static final double GROUPS = 0.1;

  private Estimates() {}

  static double rows(PhysicalPlan plan) {
    return switch (plan) {
      case TableScan scan -> scanRows(scan);
      case PhysicalPlan.Values values -> values.rows().size();
      case PhysicalPlan.SystemScan _ -> VALUES_PER_PART;
      case PhysicalPlan.Filter filter -> rows(filter.input()) * FILTER;
      case PhysicalPlan.Aggregate aggregate ->
          aggregate.groupBy().isEmpty() ? 1 : Math.max(1, rows(aggregate.input()) * GROUPS);
      case PhysicalPlan.Distinct distinct -> Math.max(1, rows(distinct.input()) * GROUPS);
      case PhysicalPlan.HashJoin join -> Math.max(rows(join.left()), rows(join.right()));
      case PhysicalPlan.NestedLoopJoin join -> rows(join.left()) * rows(join.right());
      case PhysicalPlan.LookupJoin join ->
          rows(join.left()) * fanout(join.right().table(), join.keys().size());
      case PhysicalPlan.TopN _, PhysicalPlan.Limit _ ->
          Math.min(VALUES_PER_PART, rows(plan.inputs().getFirst()));
      case PhysicalPlan.SingleRow _ -> 1;
      default -> plan.inputs().stream().mapToDouble(Estimates::rows).sum();
    };
  }

  private static double scanRows(TableScan scan) {
    double rows = 0;
    for (KeyRangeSpec range : scan.ranges()) {
      double inRange = fanout(scan.table(), range.equal().size());
      boolean bounded = range.lower() != null || range.upper() != null;
      rows += bounded ? Math.max(1, inRange * FILTER) : inRange;
    }
    int conditions = Exprs.conjuncts(scan.filter()).size();
    double filtered = Math.max(1, rows * Math.pow(FILTER, conditions));
    return scan.aggregates() == null ? filtered : Math.max(1, filtered * GROUPS);
  }

  /** How many rows have the same first key parts. */
  static double fanout(TableDescriptor table, int parts) {
    if (parts >= table.primaryKey().size()) {
      return 1;
    }
    double rows = PlannerTable.estimatedRows(table);
    TableDescriptor parent = table.parent();
    if (parent != null && parts >= parent.primaryKey().size()) {
      return Math.max(1, rows / PlannerTable.estimatedRows(parent));
    }
    return Math.max(1, rows / Math.pow(VALUES_PER_PART, parts));
  }
}
