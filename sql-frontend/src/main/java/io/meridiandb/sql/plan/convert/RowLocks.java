package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import java.util.List;
import java.util.function.Predicate;

/** Makes scans lock what they read, for FOR UPDATE and for rows that will be written. */
public final class RowLocks {
  private final Predicate<TableDescriptor> which;

  private RowLocks(Predicate<TableDescriptor> which) {
    this.which = which;
  }

  /** Locks what is read of every table. */
  public static PhysicalPlan lockAll(PhysicalPlan plan) {
    return new RowLocks(table -> true).in(plan);
  }

  /** Locks what is read of one table. */
  public static PhysicalPlan lock(PhysicalPlan plan, TableDescriptor table) {
    return new RowLocks(other -> other.id() == table.id()).in(plan);
  }

  private PhysicalPlan in(PhysicalPlan plan) {
    return switch (plan) {
      case TableScan scan -> locked(scan);
      case PhysicalPlan.Filter node -> new PhysicalPlan.Filter(in(node.input()), node.condition());
      case PhysicalPlan.Project node ->
          new PhysicalPlan.Project(in(node.input()), node.output(), node.columns());
      case PhysicalPlan.Sort node -> new PhysicalPlan.Sort(in(node.input()), node.keys());
      case PhysicalPlan.TopN node ->
          new PhysicalPlan.TopN(in(node.input()), node.keys(), node.limit(), node.offset());
      case PhysicalPlan.Limit node ->
          new PhysicalPlan.Limit(in(node.input()), node.limit(), node.offset());
      case PhysicalPlan.Aggregate node ->
          new PhysicalPlan.Aggregate(
              in(node.input()), node.groupBy(), node.aggregates(), node.phase(), node.columns());
      case PhysicalPlan.Distinct node -> new PhysicalPlan.Distinct(in(node.input()));
      case PhysicalPlan.HashJoin node ->
          new PhysicalPlan.HashJoin(
              in(node.left()), in(node.right()), node.type(), node.keys(), node.condition());
      case PhysicalPlan.NestedLoopJoin node ->
          new PhysicalPlan.NestedLoopJoin(
              in(node.left()), in(node.right()), node.type(), node.condition());
      case PhysicalPlan.LookupJoin node ->
          new PhysicalPlan.LookupJoin(
              in(node.left()), node.type(), node.keys(), locked(node.right()), node.condition());
      case PhysicalPlan.Union node -> new PhysicalPlan.Union(all(node.inputs()));
      case PhysicalPlan.SetOperation node ->
          new PhysicalPlan.SetOperation(
              in(node.left()), in(node.right()), node.minus(), node.all());
      case PhysicalPlan.SingleRow node -> new PhysicalPlan.SingleRow(in(node.input()));
      case PhysicalPlan.Values _, PhysicalPlan.SystemScan _ -> plan;
      case PhysicalPlan.Insert _, PhysicalPlan.Update _, PhysicalPlan.Delete _ -> plan;
    };
  }

  private List<PhysicalPlan> all(List<PhysicalPlan> plans) {
    return plans.stream().map(this::in).toList();
  }

  private TableScan locked(TableScan scan) {
    return which.test(scan.table()) ? Pushdown.with(scan, scan.options().locking()) : scan;
  }
}
