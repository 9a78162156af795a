package io.meridiandb.sql.session;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ExprBinder;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.exec.Execution;
import io.meridiandb.sql.plan.PlanCache.Prepared;
import io.meridiandb.sql.plan.PlanTables;
import io.meridiandb.sql.plan.PlannedStatement;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.ParameterRow;
import io.meridiandb.wire.proto.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Many executions in one request: one statement with many rows of parameters, or several
 * statements. Rows of a plain INSERT are written in one piece.
 */
final class BatchWork implements Work {
  private final SessionContext session;
  private final RunningRequest request;
  private final ExecuteBatch batch;
  private final List<Step> steps = new ArrayList<>();
  private int index;

  private record Step(PlannedStatement plan, List<@Nullable Object> parameters) {}

  BatchWork(SessionContext session, RunningRequest request, ExecuteBatch batch) {
    this.session = session;
    this.request = request;
    this.batch = batch;
  }

  /** The row or statement at which an error happened, from 0. */
  int failedIndex() {
    return index;
  }

  @Override
  public void prepare() {
    steps.clear();
    index = 0;
    for (String sql : batch.getStatementsList()) {
      steps.add(step(sql, List.of()));
      index++;
    }
    for (ParameterRow row : batch.getRowsList()) {
      steps.add(step(batch.getSql(), row.getParametersList()));
      index++;
    }
    index = 0;
  }

  private Step step(String sql, List<Value> values) {
    List<@Nullable SqlType> declared = WireTypes.declared(values);
    if (!(session.prepare(sql, declared) instanceof Prepared.Planned planned)
        || !planned.plan().writes()) {
      throw new MeridianException(
          ErrorCode.FEATURE_NOT_SUPPORTED, "a batch takes INSERT, UPDATE and DELETE only");
    }
    List<@Nullable Object> constants = planned.constants();
    return new Step(
        planned.plan(),
        constants == null ? WireTypes.decode(values, planned.plan().parameters()) : constants);
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public @Nullable TimestampBound readBound() {
    return null;
  }

  @Override
  public SchemaVersion schema() {
    SchemaVersion oldest = session.services().catalogs().current().version();
    for (Step step : steps) {
      SchemaVersion version = step.plan.version();
      oldest = version.compareTo(oldest) < 0 ? version : oldest;
    }
    return oldest;
  }

  @Override
  public List<TableDescriptor> tables() {
    Map<Long, TableDescriptor> tables = new LinkedHashMap<>();
    for (Step step : steps) {
      PlanTables.of(step.plan.plan()).forEach(table -> tables.put(table.id(), table));
    }
    return new ArrayList<>(tables.values());
  }

  @Override
  public Complete.Builder run(OpenTransaction transaction, boolean checkNow) {
    Complete.Builder done = Complete.newBuilder().setTag("BATCH");
    long sum = 0;
    index = 0;
    while (index < steps.size()) {
      int end = endOfInserts(index);
      long count = execute(transaction, checkNow, end);
      if (end > index + 1) {
        for (int i = index; i < end; i++) {
          done.addBatchCounts(1);
        }
      } else {
        done.addBatchCounts(count);
      }
      sum += count;
      index = end;
    }
    return done.setUpdateCount(sum);
  }

  /** Plans are compared by identity: the cache gives the same one for the same text. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean same(PlannedStatement a, PlannedStatement b) {
    return a == b;
  }

  /**
   * Behind the last of the steps from {@code from} on that insert one row each by the same plan.
   */
  private int endOfInserts(int from) {
    PlannedStatement plan = steps.get(from).plan;
    if (!(plan.plan() instanceof PhysicalPlan.Insert insert)
        || !(insert.input() instanceof PhysicalPlan.Values values)
        || values.rows().size() != 1
        || insert.onConflict() != PhysicalPlan.ConflictAction.ERROR
        || !insert.returning().isEmpty()) {
      return from + 1;
    }
    int end = from + 1;
    while (end < steps.size() && same(steps.get(end).plan, plan)) {
      end++;
    }
    return end;
  }

  private long execute(OpenTransaction transaction, boolean checkNow, int end) {
    Step step = steps.get(index);
    PhysicalPlan plan = step.plan.plan();
    if (end > index + 1 && plan instanceof PhysicalPlan.Insert insert) {
      plan = together(insert, transaction, end);
    }
    try (Execution execution =
        Execution.start(
            plan,
            session.query(transaction, step.plan.version(), step.parameters, checkNow, request))) {
      for (List<@Nullable Object[]> rows = execution.next();
          rows != null;
          rows = execution.next()) {
        request.guard().check(); // RETURNING in a batch: its rows go nowhere
      }
      return Math.max(execution.updateCount(), 0);
    }
  }

  /** One INSERT of all rows. */
  private PhysicalPlan together(PhysicalPlan.Insert insert, OpenTransaction transaction, int end) {
    List<Expr> row = ((PhysicalPlan.Values) insert.input()).rows().getFirst();
    List<List<Expr>> rows = new ArrayList<>(end - index);
    for (int i = index; i < end; i++) {
      ExprBinder binder = session.binder(steps.get(i).parameters, transaction.now());
      rows.add(binder.bindAll(row));
    }
    return new PhysicalPlan.Insert(
        insert.table(),
        new PhysicalPlan.Values(rows, insert.input().columns()),
        insert.onConflict(),
        insert.returning(),
        insert.columns());
  }

  @Override
  public boolean answered() {
    return false;
  }
}
