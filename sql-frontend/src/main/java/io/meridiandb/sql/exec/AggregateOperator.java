package io.meridiandb.sql.exec;

import io.meridiandb.row.scan.AggregateCall;
import io.meridiandb.row.scan.AggregateState;
import io.meridiandb.row.scan.Groups;
import io.meridiandb.sql.plan.physical.PhysicalPlan.Aggregate;
import io.meridiandb.sql.plan.physical.PhysicalPlan.AggregatePhase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups rows by hash, or finishes what tablets have aggregated in parts; in memory. */
final class AggregateOperator implements Operator {
  private static final long STATE_BYTES = 64;

  private final Operator input;
  private final Aggregate plan;
  private final QueryContext context;
  private final Groups groups;
  private @Nullable Operator result;

  AggregateOperator(Operator input, Aggregate plan, QueryContext context) {
    this.input = input;
    this.plan = plan;
    this.context = context;
    List<AggregateCall> calls =
        plan.aggregates().stream().map(call -> bound(call, plan.phase(), context)).toList();
    this.groups = new Groups(calls.stream().map(AggregateState.Factory::of).toList());
  }

  private static AggregateCall bound(
      AggregateCall call, AggregatePhase phase, QueryContext context) {
    return phase == AggregatePhase.FULL
        ? ScanOperator.bind(call, context)
        // The arguments read the tablet's columns, which are not here.
        : new AggregateCall(call.function(), null, false, call.type());
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    Operator rows = result;
    if (rows == null) {
      collect();
      List<@Nullable Object[]> finished = new ArrayList<>(groups.size());
      groups.all().forEach(group -> finished.add(group.results()));
      rows = RowsOperators.kept(() -> finished, context);
      result = rows;
    }
    return rows.next();
  }

  private void collect() {
    if (plan.groupBy().isEmpty()) {
      groups.group(new Object[0]); // one row even of nothing
    }
    for (List<@Nullable Object[]> batch = input.next(); batch != null; batch = input.next()) {
      context.check();
      for (@Nullable Object[] tuple : batch) {
        add(tuple);
      }
    }
    input.close();
  }

  private void add(@Nullable Object[] tuple) {
    @Nullable Object[] values = new Object[plan.groupBy().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tuple[plan.groupBy().get(i)];
    }
    int before = groups.size();
    List<AggregateState> states = groups.group(values).states();
    if (groups.size() > before) {
      context
          .memory()
          .reserve(2 * MemoryAccount.bytesOf(values) + STATE_BYTES * (1 + states.size()));
    }
    long grown = 0;
    for (int i = 0; i < states.size(); i++) {
      if (plan.phase() == AggregatePhase.FULL) {
        grown += states.get(i).add(tuple);
      } else {
        states.get(i).merge(tuple[values.length + i]);
      }
    }
    context.memory().reserve(grown);
  }

  @Override
  public void close() {
    input.close();
  }
}
