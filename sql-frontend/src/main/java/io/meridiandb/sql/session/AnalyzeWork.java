package io.meridiandb.sql.session;

import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.exec.Execution;
import io.meridiandb.sql.plan.PlanCache.Prepared;
import io.meridiandb.sql.plan.PlanTables;
import io.meridiandb.sql.plan.PlanText;
import io.meridiandb.sql.plan.PlannedStatement;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** EXPLAIN ANALYZE: runs a statement without sending its rows. */
final class AnalyzeWork implements Work {
  private static final long NANOS_PER_MICRO = 1_000;

  private final SessionContext session;
  private final RunningRequest request;
  private final List<Value> values;
  private final PlannedStatement plan;
  private long rows;
  private long nanos;

  AnalyzeWork(
      SessionContext session,
      RunningRequest request,
      List<Value> values,
      Prepared.Planned prepared) {
    this.session = session;
    this.request = request;
    this.values = values;
    this.plan = prepared.plan();
  }

  @Override
  public void prepare() {
    rows = 0;
  }

  @Override
  public boolean readOnly() {
    return !plan.needsWriteTransaction();
  }

  @Override
  public @Nullable TimestampBound readBound() {
    return null;
  }

  @Override
  public SchemaVersion schema() {
    return plan.version();
  }

  @Override
  public List<TableDescriptor> tables() {
    return PlanTables.of(plan.plan());
  }

  @Override
  public Complete.Builder run(OpenTransaction transaction, boolean checkNow) {
    List<@Nullable Object> parameters = WireTypes.decode(values, plan.parameters());
    long start = session.services().env().clocks().bootNanos();
    try (Execution execution =
        Execution.start(
            plan.plan(),
            session.query(transaction, plan.version(), parameters, checkNow, request))) {
      for (List<@Nullable Object[]> batch = execution.next();
          batch != null;
          batch = execution.next()) {
        rows += batch.size();
      }
      rows = plan.writes() ? Math.max(execution.updateCount(), 0) : rows;
    }
    nanos = session.services().env().clocks().bootNanos() - start;
    return Complete.newBuilder();
  }

  /** The plan and what it took. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(PlanText.lines(plan.plan()));
    lines.add("Rows: " + rows + ", execution: " + nanos / NANOS_PER_MICRO + " us");
    return lines;
  }

  @Override
  public boolean answered() {
    return false;
  }
}
