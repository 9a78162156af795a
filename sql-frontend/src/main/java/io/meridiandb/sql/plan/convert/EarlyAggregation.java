package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.calcite.PlannerTable;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates a large table before it is joined with a small one: {@code sum(t.x) … FROM c JOIN t ON
 * t.country = c.code GROUP BY c.name} sums by {@code t.country} where the rows of t are, so that
 * only the groups travel, joins those, and sums again. Right for COUNT, SUM, MIN and MAX over an
 * inner equality join: a group joins exactly as each of its rows would have.
 */
final class EarlyAggregation {
  /** How many times larger the one table must be than the other. */
  private static final double SIZE_RATIO = 10;

  private final Aggregate aggregate;
  private final Join join;

  /** The aggregate's input columns as columns of the join. */
  private final List<Integer> joinColumns;

  private final int leftWidth;

  private EarlyAggregation(Aggregate aggregate, Join join, List<Integer> joinColumns) {
    this.aggregate = aggregate;
    this.join = join;
    this.joinColumns = joinColumns;
    this.leftWidth = join.getLeft().getRowType().getFieldCount();
  }

  /** The plan, or null if the shape or the sizes do not fit. */
  static @Nullable PhysicalPlan tryPlan(PlanBuilder builder, Aggregate aggregate) {
    RelNode rewritten = rewrite(aggregate);
    return rewritten == null ? null : builder.build(rewritten);
  }

  static @Nullable RelNode rewrite(Aggregate aggregate) {
    if (aggregate.getGroupType() != Aggregate.Group.SIMPLE || aggregate.getGroupCount() == 0) {
      return null;
    }
    RelNode input = aggregate.getInput();
    List<Integer> columns = new ArrayList<>();
    if (input instanceof Project project) {
      for (RexNode node : project.getProjects()) {
        if (!(node instanceof RexInputRef ref)) {
          return null;
        }
        columns.add(ref.getIndex());
      }
      input = project.getInput();
    } else {
      for (int i = 0; i < input.getRowType().getFieldCount(); i++) {
        columns.add(i);
      }
    }
    if (!(input instanceof Join join)
        || join.getJoinType() != JoinRelType.INNER
        || aggregate.getAggCallList().isEmpty()) {
      return null;
    }
    return new EarlyAggregation(aggregate, join, columns).run();
  }

  private @Nullable RelNode run() {
    JoinInfo info = join.analyzeCondition();
    if (!info.isEqui() || info.leftKeys.isEmpty()) {
      return null;
    }
    Boolean onLeft = largeSide();
    if (onLeft == null) {
      return null;
    }
    RelNode large = onLeft ? join.getLeft() : join.getRight();
    List<Integer> largeKeys = onLeft ? info.leftKeys : info.rightKeys;
    if (!callsFit(onLeft) || isUnique(large, largeKeys)) {
      return null;
    }
    Set<Integer> groups = new LinkedHashSet<>(largeKeys);
    for (int group : aggregate.getGroupSet()) {
      int column = joinColumns.get(group);
      if (isOn(onLeft, column)) {
        groups.add(onLeft ? column : column - leftWidth);
      }
    }
    return build(onLeft, large, ImmutableBitSet.of(groups));
  }

  private boolean isOn(boolean left, int column) {
    return left == (column < leftWidth);
  }

  /** TRUE for left, FALSE for right, null if neither side is a scan of a much larger table. */
  private @Nullable Boolean largeSide() {
    double left = baseRows(join.getLeft());
    double right = baseRows(join.getRight());
    if (left <= 0 || right <= 0) {
      return null;
    }
    if (left >= right * SIZE_RATIO) {
      return true;
    }
    return right >= left * SIZE_RATIO ? Boolean.FALSE : null;
  }

  /** Rows of a plain scan, -1 if it is none. */
  private static double baseRows(RelNode rel) {
    return switch (rel) {
      case Filter filter -> baseRows(filter.getInput());
      case Project project -> baseRows(project.getInput());
      case TableScan scan -> {
        PlannerTable table = scan.getTable().unwrap(PlannerTable.class);
        TableDescriptor stored = table == null ? null : table.table();
        yield stored == null ? -1 : PlannerTable.estimatedRows(stored);
      }
      default -> -1;
    };
  }

  private boolean callsFit(boolean onLeft) {
    for (AggregateCall call : aggregate.getAggCallList()) {
      SqlKind kind = call.getAggregation().getKind();
      boolean known =
          kind == SqlKind.COUNT
              || kind == SqlKind.SUM
              || kind == SqlKind.SUM0
              || kind == SqlKind.MIN
              || kind == SqlKind.MAX;
      boolean argumentsFit =
          call.getArgList().stream().allMatch(argument -> isOn(onLeft, joinColumns.get(argument)));
      if (!known || !argumentsFit || call.isDistinct() || call.hasFilter()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnique(RelNode rel, List<Integer> columns) {
    return Boolean.TRUE.equals(
        rel.getCluster().getMetadataQuery().areColumnsUnique(rel, ImmutableBitSet.of(columns)));
  }

  private RelNode build(boolean onLeft, RelNode large, ImmutableBitSet groups) {
    RexBuilder rex = join.getCluster().getRexBuilder();
    List<AggregateCall> partial = new ArrayList<>();
    for (AggregateCall call : aggregate.getAggCallList()) {
      List<Integer> arguments = new ArrayList<>();
      for (int argument : call.getArgList()) {
        int column = joinColumns.get(argument);
        arguments.add(onLeft ? column : column - leftWidth);
      }
      partial.add(copy(call, call.getAggregation(), arguments, large, groups.cardinality()));
    }
    Aggregate grouped = LogicalAggregate.create(large, List.of(), groups, null, partial);
    // Where the columns of the old join are in the new one.
    Map<Integer, Integer> moved = new LinkedHashMap<>();
    int shift = onLeft ? grouped.getRowType().getFieldCount() : leftWidth;
    int otherWidth = onLeft ? join.getRight().getRowType().getFieldCount() : leftWidth;
    for (int i = 0; i < otherWidth; i++) {
      moved.put(onLeft ? leftWidth + i : i, onLeft ? shift + i : i);
    }
    int position = 0;
    for (int group : groups) {
      moved.put(onLeft ? group : leftWidth + group, onLeft ? position : shift + position);
      position++;
    }
    int firstCall = onLeft ? position : shift + position;
    RelNode newLeft = onLeft ? grouped : join.getLeft();
    RelNode newRight = onLeft ? join.getRight() : grouped;
    List<RexNode> fields = fields(rex, newLeft, newRight);
    RexNode condition =
        join.getCondition()
            .accept(
                new RexShuttle() {
                  @Override
                  public RexNode visitInputRef(RexInputRef ref) {
                    return fields.get(moved.getOrDefault(ref.getIndex(), 0));
                  }
                });
    RelNode joined =
        LogicalJoin.create(newLeft, newRight, List.of(), condition, Set.of(), JoinRelType.INNER);
    return finish(rex, joined, moved, firstCall);
  }

  private static List<RexNode> fields(RexBuilder rex, RelNode left, RelNode right) {
    List<RexNode> fields = new ArrayList<>();
    left.getRowType()
        .getFieldList()
        .forEach(field -> fields.add(rex.makeInputRef(field.getType(), fields.size())));
    right
        .getRowType()
        .getFieldList()
        .forEach(field -> fields.add(rex.makeInputRef(field.getType(), fields.size())));
    return fields;
  }

  private RelNode finish(
      RexBuilder rex, RelNode joined, Map<Integer, Integer> moved, int firstCall) {
    List<RexNode> projects = new ArrayList<>();
    for (int group : aggregate.getGroupSet()) {
      projects.add(rex.makeInputRef(joined, moved.getOrDefault(joinColumns.get(group), 0)));
    }
    int groupCount = projects.size();
    for (int i = 0; i < aggregate.getAggCallList().size(); i++) {
      projects.add(rex.makeInputRef(joined, firstCall + i));
    }
    RelNode projected =
        LogicalProject.create(joined, List.of(), projects, (List<String>) null, Set.of());
    List<AggregateCall> finals = new ArrayList<>();
    for (AggregateCall call : aggregate.getAggCallList()) {
      boolean counts = call.getAggregation().getKind() == SqlKind.COUNT;
      SqlAggFunction function = counts ? SqlStdOperatorTable.SUM0 : call.getAggregation();
      finals.add(copy(call, function, List.of(groupCount + finals.size()), projected, groupCount));
    }
    Aggregate outer =
        LogicalAggregate.create(
            projected, List.of(), ImmutableBitSet.range(groupCount), null, finals);
    List<RexNode> casts = new ArrayList<>();
    for (int i = 0; i < outer.getRowType().getFieldCount(); i++) {
      casts.add(
          rex.makeCast(
              aggregate.getRowType().getFieldList().get(i).getType(), rex.makeInputRef(outer, i)));
    }
    return RexUtil.isIdentity(casts, outer.getRowType())
        ? RelOptUtil.createRename(outer, aggregate.getRowType().getFieldNames())
        : LogicalProject.create(
            outer, List.of(), casts, aggregate.getRowType().getFieldNames(), Set.of());
  }

  /** The same call over other columns, of the type that its function gives there. */
  private static AggregateCall copy(
      AggregateCall call,
      SqlAggFunction function,
      List<Integer> arguments,
      RelNode input,
      int groupCount) {
    return AggregateCall.create(
        function,
        false,
        false,
        false,
        List.of(),
        arguments,
        -1,
        null,
        RelCollations.EMPTY,
        groupCount,
        input,
        null,
        call.getName());
  }
}
