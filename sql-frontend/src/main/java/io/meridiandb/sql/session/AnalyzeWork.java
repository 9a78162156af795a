package io.meridiandb.sql.session;

import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.exec.Execution;
import io.meridiandb.sql.exec.Probe;
import io.meridiandb.sql.plan.PlanTables;
import io.meridiandb.sql.plan.PlanText;
import io.meridiandb.sql.plan.PlannedStatement;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionStatistics;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** EXPLAIN ANALYZE: runs a statement without sending its rows, and measures it. */
final class AnalyzeWork implements Work {
  private static final long NANOS_PER_MICRO = 1_000;

  private final SessionContext session;
  private final RunningRequest request;
  private final List<Value> values;
  private final PlannedStatement plan;
  private final Probe probe;
  private @Nullable Transaction ran;
  private TransactionStatistics before = TransactionStatistics.NONE;
  private long rows;
  private long start;
  private long nanos;
  private long commitNanos;

  AnalyzeWork(
      SessionContext session, RunningRequest request, List<Value> values, PlannedStatement plan) {
    this.session = session;
    this.request = request;
    this.values = values;
    this.plan = plan;
    this.probe = new Probe(this::now);
  }

  private long now() {
    return session.services().env().clocks().bootNanos();
  }

  @Override
  public void prepare() {
    rows = 0;
    probe.clear();
  }

  @Override
  public boolean readOnly() {
    return !plan.needsWriteTransaction();
  }

  @Override
  public @Nullable TimestampBound readBound() {
    return plan.asOf() == null
        ? null
        : ReadTimes.of(plan.asOf(), session, WireTypes.decode(values, plan.parameters()));
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
    ran = transaction.transaction();
    before = transaction.transaction().statistics();
    start = now();
    try (Execution execution =
        Execution.start(
            plan.plan(),
            session.query(transaction, plan.version(), parameters, checkNow, request, probe))) {
      for (List<@Nullable Object[]> batch = execution.next();
          batch != null;
          batch = execution.next()) {
        rows += batch.size();
      }
      rows = plan.writes() ? Math.max(execution.updateCount(), 0) : rows;
    }
    nanos = now() - start;
    return Complete.newBuilder();
  }

  @Override
  public void committed() {
    commitNanos = now() - start - nanos;
  }

  /** The plan, what its operators did, and what the transaction waited for. */
  List<String> lines(PlanText.Notes places) {
    PlanText.Notes notes =
        new PlanText.Notes() {
          @Override
          public String behind(PhysicalPlan node) {
            Probe.Counts counts = probe.of(node);
            return counts == null
                ? ""
                : " (rows %d, %d us)"
                    .formatted(
                        isChange(node) ? rows : counts.rows(), counts.nanos() / NANOS_PER_MICRO);
          }

          @Override
          public List<String> below(PhysicalPlan node) {
            return places.below(node);
          }
        };
    List<String> lines = new ArrayList<>(PlanText.lines(plan.plan(), notes));
    lines.add("Rows: " + rows + ", execution: " + nanos / NANOS_PER_MICRO + " us");
    Transaction transaction = ran;
    TransactionStatistics after =
        transaction == null ? TransactionStatistics.NONE : transaction.statistics();
    if (!after.equals(before)) {
      String commit =
          plan.writes() && commitNanos > 0
              ? ", commit: %d us".formatted(commitNanos / NANOS_PER_MICRO)
              : "";
      lines.add(
          "Requests in sequence: %d, WAN round trips: %d%s, commit wait: %d us"
              .formatted(
                  after.requests() - before.requests(),
                  after.wanRounds() - before.wanRounds(),
                  commit,
                  after.commitWait().minus(before.commitWait()).toNanos() / NANOS_PER_MICRO));
    }
    return lines;
  }

  /** An INSERT, UPDATE or DELETE hands on only what RETURNING shows: what counts is written. */
  private static boolean isChange(PhysicalPlan node) {
    return node instanceof PhysicalPlan.Insert
        || node instanceof PhysicalPlan.Update
        || node instanceof PhysicalPlan.Delete;
  }

  @Override
  public boolean answered() {
    return false;
  }
}
