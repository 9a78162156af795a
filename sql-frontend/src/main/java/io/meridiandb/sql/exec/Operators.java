package io.meridiandb.sql.exec;

import io.meridiandb.sql.plan.physical.PhysicalPlan;

/** Makes the operator of each kind of plan node. */
final class Operators {
  private Operators() {}

  static Operator of(PhysicalPlan plan, QueryContext context) {
    Operator made = make(plan, context);
    Probe probe = context.resources().probe();
    return probe == null ? made : probe.watch(plan, made);
  }

  private static Operator make(PhysicalPlan plan, QueryContext context) {
    return switch (plan) {
      case PhysicalPlan.TableScan scan -> new ScanOperator(scan, context);
      case PhysicalPlan.Values values -> RowsOperators.values(values, context);
      case PhysicalPlan.SystemScan scan -> RowsOperators.system(scan, context);
      case PhysicalPlan.Filter filter ->
          new FilterOperator(of(filter.input(), context), context.compile(filter.condition()));
      case PhysicalPlan.Project project ->
          new ProjectOperator(of(project.input(), context), context.compileAll(project.output()));
      case PhysicalPlan.Sort sort ->
          new SortOperator(of(sort.input(), context), sort.keys(), context);
      case PhysicalPlan.TopN topN -> topN(topN, context);
      case PhysicalPlan.Limit limit ->
          new LimitOperator(
              of(limit.input(), context),
              context.count(limit.limit(), "LIMIT", Long.MAX_VALUE),
              context.count(limit.offset(), "OFFSET", 0));
      case PhysicalPlan.Aggregate aggregate ->
          new AggregateOperator(of(aggregate.input(), context), aggregate, context);
      case PhysicalPlan.Distinct distinct ->
          new DistinctOperator(of(distinct.input(), context), context);
      case PhysicalPlan.HashJoin join ->
          Joins.hash(join, of(join.left(), context), of(join.right(), context), context);
      case PhysicalPlan.NestedLoopJoin join ->
          Joins.nestedLoop(join, of(join.left(), context), of(join.right(), context), context);
      case PhysicalPlan.LookupJoin join ->
          new LookupJoinOperator(join, of(join.left(), context), context);
      case PhysicalPlan.Union union ->
          new UnionOperator(union.inputs().stream().map(input -> of(input, context)).toList());
      case PhysicalPlan.SetOperation operation ->
          new SetOperationOperator(
              of(operation.left(), context), of(operation.right(), context), operation, context);
      case PhysicalPlan.SingleRow single ->
          new SingleRowOperator(of(single.input(), context), single.columns().size());
      case PhysicalPlan.Insert insert ->
          new InsertOperator(insert, of(insert.input(), context), context);
      case PhysicalPlan.Update update ->
          new UpdateOperator(update, of(update.input(), context), context);
      case PhysicalPlan.Delete delete ->
          new DeleteOperator(delete, of(delete.input(), context), context);
    };
  }

  private static Operator topN(PhysicalPlan.TopN plan, QueryContext context) {
    Operator input = of(plan.input(), context);
    long limit = context.count(plan.limit(), "LIMIT", Long.MAX_VALUE);
    long offset = context.count(plan.offset(), "OFFSET", 0);
    boolean few = limit <= TopNOperator.ROWS_MAX && offset <= TopNOperator.ROWS_MAX;
    Operator sorted =
        few
            ? new TopNOperator(input, plan.keys(), (int) (limit + offset), context)
            : new SortOperator(input, plan.keys(), context);
    return new LimitOperator(sorted, limit, offset);
  }
}
