package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import java.util.ArrayList;
import java.util.List;

/** Other names for the columns of a plan, without work for its rows where that can be had. */
public final class Renaming {
  private Renaming() {}

  /** The plan with its columns named so. */
  public static PhysicalPlan columns(PhysicalPlan plan, List<String> names) {
    List<PlanColumn> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      PlanColumn column = plan.columns().get(i);
      columns.add(new PlanColumn(names.get(i), column.type(), column.nullable(), column.table()));
    }
    return to(plan, columns);
  }

  /** The same rows under other columns. */
  static PhysicalPlan to(PhysicalPlan input, List<PlanColumn> columns) {
    if (input.columns().equals(columns)) {
      return input;
    }
    return switch (input) {
      case PhysicalPlan.TableScan scan ->
          new PhysicalPlan.TableScan(
              scan.table(),
              scan.ranges(),
              scan.filter(),
              scan.output(),
              scan.aggregates(),
              scan.options(),
              columns);
      case PhysicalPlan.Aggregate aggregate ->
          new PhysicalPlan.Aggregate(
              aggregate.input(),
              aggregate.groupBy(),
              aggregate.aggregates(),
              aggregate.phase(),
              columns);
      case PhysicalPlan.Project project ->
          new PhysicalPlan.Project(project.input(), project.output(), columns);
      case PhysicalPlan.Values values -> new PhysicalPlan.Values(values.rows(), columns);
      case PhysicalPlan.Sort sort -> new PhysicalPlan.Sort(to(sort.input(), columns), sort.keys());
      case PhysicalPlan.TopN top ->
          new PhysicalPlan.TopN(to(top.input(), columns), top.keys(), top.limit(), top.offset());
      case PhysicalPlan.Limit limit ->
          new PhysicalPlan.Limit(to(limit.input(), columns), limit.limit(), limit.offset());
      case PhysicalPlan.Distinct distinct ->
          new PhysicalPlan.Distinct(to(distinct.input(), columns));
      case PhysicalPlan.Filter filter ->
          new PhysicalPlan.Filter(to(filter.input(), columns), filter.condition());
      default -> {
        List<Expr> output = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
          output.add(new Expr.Column(i, columns.get(i).type()));
        }
        yield new PhysicalPlan.Project(input, output, columns);
      }
    };
  }
}
