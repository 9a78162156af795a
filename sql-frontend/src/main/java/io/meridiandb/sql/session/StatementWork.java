package io.meridiandb.sql.session;

import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.exec.Execution;
import io.meridiandb.sql.plan.PlanCache.Prepared;
import io.meridiandb.sql.plan.PlanTables;
import io.meridiandb.sql.plan.PlannedStatement;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One query or change of rows. */
final class StatementWork implements Work {
  private final SessionContext session;
  private final RunningRequest request;
  private final String sql;
  private final List<Value> values;
  private final long rowsMax;
  private final ResultSender sender;
  private Prepared.Planned prepared;
  private List<@Nullable Object> parameters;

  /**
   * A statement that was prepared once already.
   *
   * @param rowsMax how many rows the client wants; 0 is all
   */
  StatementWork(
      SessionContext session,
      RunningRequest request,
      String sql,
      List<Value> values,
      long rowsMax,
      Prepared.Planned prepared) {
    this.session = session;
    this.request = request;
    this.sql = sql;
    this.values = values;
    this.rowsMax = rowsMax;
    this.prepared = prepared;
    this.parameters = List.of();
    this.sender = session.sender(request);
  }

  @Override
  public void prepare() {
    if (!prepared.plan().version().equals(session.services().catalogs().current().version())) {
      if (!(session.prepare(sql, WireTypes.declared(values)) instanceof Prepared.Planned again)) {
        throw new IllegalStateException("a statement changed its kind");
      }
      prepared = again;
    }
    List<@Nullable Object> constants = prepared.constants();
    parameters =
        constants == null ? WireTypes.decode(values, prepared.plan().parameters()) : constants;
  }

  private PlannedStatement plan() {
    return prepared.plan();
  }

  @Override
  public boolean readOnly() {
    return !plan().needsWriteTransaction();
  }

  @Override
  public @Nullable TimestampBound readBound() {
    return plan().asOf() == null ? null : ReadTimes.of(plan().asOf(), session, parameters);
  }

  @Override
  public SchemaVersion schema() {
    return plan().version();
  }

  @Override
  public List<TableDescriptor> tables() {
    return PlanTables.of(plan().plan());
  }

  @Override
  public Complete.Builder run(OpenTransaction transaction, boolean checkNow) {
    PlannedStatement plan = plan();
    if (checkNow && plan.asOf() != null) {
      throw new MeridianException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "AS OF SYSTEM TIME is for single statements outside of a transaction",
          "For a whole transaction: BEGIN TRANSACTION READ ONLY AS OF SYSTEM TIME ...",
          0,
          null);
    }
    if (plan.needsWriteTransaction() && transaction.transaction().readOnly()) {
      throw new MeridianException(
          ErrorCode.READ_ONLY_TRANSACTION,
          "cannot execute "
              + (plan.writes() ? plan.kind().name() : "SELECT FOR UPDATE")
              + " in a read-only transaction");
    }
    sender.restart(!checkNow && plan.writes());
    try (Execution execution =
        Execution.start(
            plan.plan(),
            session.query(transaction, plan.version(), parameters, checkNow, request))) {
      stream(execution, plan);
      return Complete.newBuilder()
          .setTag(plan.kind().name())
          .setUpdateCount(plan.writes() ? Math.max(execution.updateCount(), 0) : -1);
    }
  }

  private void stream(Execution execution, PlannedStatement plan) {
    boolean described = false;
    long rows = 0;
    List<@Nullable Object[]> batch = execution.next();
    while (batch != null) {
      if (plan.returnsRows()) {
        if (!described) {
          sender.describe(plan.columns());
          described = true;
        }
        for (@Nullable Object[] row : batch) {
          if (rowsMax > 0 && rows >= rowsMax) {
            sender.flush();
            return;
          }
          sender.row(row);
          rows++;
        }
      }
      batch = execution.next();
    }
    if (plan.returnsRows() && !described) {
      sender.describe(plan.columns());
    }
    sender.flush();
  }

  @Override
  public boolean answered() {
    return sender.hasSent();
  }

  @Override
  public void committed() {
    sender.release();
  }
}
