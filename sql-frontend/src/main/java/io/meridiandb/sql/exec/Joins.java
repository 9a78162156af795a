package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.scan.Groups;
import io.meridiandb.sql.exec.JoinEmitter.Candidate;
import io.meridiandb.sql.exec.JoinOperator.RightRows;
import io.meridiandb.sql.plan.physical.JoinType;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.HashJoin;
import io.meridiandb.sql.plan.physical.PhysicalPlan.JoinKey;
import io.meridiandb.sql.plan.physical.PhysicalPlan.NestedLoopJoin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the joins whose right input is kept in memory. */
final class Joins {
  private Joins() {}

  static Operator hash(HashJoin plan, Operator left, Operator right, QueryContext context) {
    return new JoinOperator(
        new JoinOperator.Inputs(left, right, plan.type()),
        new HashedRows(plan.keys(), context),
        emitter(plan.left(), plan.right(), plan.type(), context.compileNullable(plan.condition())),
        context);
  }

  static Operator nestedLoop(
      NestedLoopJoin plan, Operator left, Operator right, QueryContext context) {
    return new JoinOperator(
        new JoinOperator.Inputs(left, right, plan.type()),
        new AllRows(),
        emitter(plan.left(), plan.right(), plan.type(), context.compileNullable(plan.condition())),
        context);
  }

  static JoinEmitter emitter(
      PhysicalPlan left, PhysicalPlan right, JoinType type, @Nullable Evaluator condition) {
    return new JoinEmitter(type, condition, left.columns().size(), right.columns().size());
  }

  /** Every right row may match. */
  private static final class AllRows implements RightRows {
    private final List<Candidate> rows = new ArrayList<>();

    @Override
    public boolean add(Candidate candidate) {
      return rows.add(candidate);
    }

    @Override
    public List<Candidate> candidates(@Nullable Object[] left) {
      return rows;
    }
  }

  /** The right rows with equal keys match. */
  private static final class HashedRows implements RightRows {
    private final List<Evaluator> leftKeys;
    private final List<Evaluator> rightKeys;
    private final boolean[] nullsMatch;
    private final Map<@Nullable Object, List<Candidate>> rows = new LinkedHashMap<>();

    HashedRows(List<JoinKey> keys, QueryContext context) {
      this.leftKeys = keys.stream().map(key -> context.compile(key.left())).toList();
      this.rightKeys = keys.stream().map(key -> context.compile(key.right())).toList();
      this.nullsMatch = new boolean[keys.size()];
      for (int i = 0; i < nullsMatch.length; i++) {
        nullsMatch[i] = keys.get(i).nullsMatch();
      }
    }

    @Override
    public boolean add(Candidate candidate) {
      @Nullable Object[] values = values(rightKeys, candidate.row());
      if (values == null) {
        return false;
      }
      rows.computeIfAbsent(Groups.key(values), _ -> new ArrayList<>(1)).add(candidate);
      return true;
    }

    @Override
    public List<Candidate> candidates(@Nullable Object[] left) {
      @Nullable Object[] values = values(leftKeys, left);
      List<Candidate> found = values == null ? null : rows.get(Groups.key(values));
      return found == null ? List.of() : found;
    }

    /** Null if a value is NULL that must not be. */
    private @Nullable Object @Nullable [] values(List<Evaluator> keys, @Nullable Object[] row) {
      @Nullable Object[] values = new Object[keys.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = keys.get(i).eval(row);
        if (values[i] == null && !nullsMatch[i]) {
          return null;
        }
      }
      return values;
    }
  }
}
