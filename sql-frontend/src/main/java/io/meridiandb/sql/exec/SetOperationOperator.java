package io.meridiandb.sql.exec;

import io.meridiandb.row.scan.Groups;
import io.meridiandb.sql.plan.physical.PhysicalPlan.SetOperation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** INTERSECT and EXCEPT, with ALL or without: the right input is counted in memory first. */
final class SetOperationOperator implements Operator {
  private final Operator left;
  private final Operator right;
  private final SetOperation plan;
  private final QueryContext context;

  /** How often each right row is still to be matched; without ALL, -1 once it is given out. */
  private final Map<@Nullable Object, Long> counts = new LinkedHashMap<>();

  private boolean counted;

  SetOperationOperator(Operator left, Operator right, SetOperation plan, QueryContext context) {
    this.left = left;
    this.right = right;
    this.plan = plan;
    this.context = context;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    if (!counted) {
      countRight();
      counted = true;
    }
    while (true) {
      context.check();
      List<@Nullable Object[]> batch = left.next();
      if (batch == null) {
        return null;
      }
      List<@Nullable Object[]> kept = new ArrayList<>();
      for (@Nullable Object[] row : batch) {
        if (plan.all() ? keepsAll(row) : keepsOnce(row)) {
          kept.add(row);
        }
      }
      if (!kept.isEmpty()) {
        return kept;
      }
    }
  }

  private void countRight() {
    for (List<@Nullable Object[]> batch = right.next(); batch != null; batch = right.next()) {
      context.check();
      for (@Nullable Object[] row : batch) {
        if (counts.merge(Groups.key(row), 1L, Long::sum) == 1) {
          context.memory().reserve(2 * MemoryAccount.bytesOf(row));
        }
      }
    }
    right.close();
  }

  /** Each right row takes away (EXCEPT ALL) or lets through (INTERSECT ALL) one left row. */
  private boolean keepsAll(@Nullable Object[] row) {
    Object key = Groups.key(row);
    long count = counts.getOrDefault(key, 0L);
    if (count > 0) {
      counts.put(key, count - 1);
    }
    return (count > 0) != plan.minus();
  }

  private boolean keepsOnce(@Nullable Object[] row) {
    Object key = Groups.key(row);
    long count = counts.getOrDefault(key, 0L);
    boolean kept = plan.minus() ? count == 0 : count > 0;
    if (kept) {
      if (count == 0) {
        context.memory().reserve(2 * MemoryAccount.bytesOf(row));
      }
      counts.put(key, -1L);
    }
    return kept;
  }

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
