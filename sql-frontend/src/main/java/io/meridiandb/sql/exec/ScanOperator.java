package io.meridiandb.sql.exec;

import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.AggregateCall;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.ReadRequest;
import io.meridiandb.txn.gateway.RowCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads key ranges of a table; the tablets filter, project and aggregate. */
final class ScanOperator implements Operator {
  private final TableScan plan;
  private final QueryContext context;
  private @Nullable RowCursor cursor;
  private boolean done;

  ScanOperator(TableScan plan, QueryContext context) {
    this.plan = plan;
    this.context = context;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    if (done) {
      return null;
    }
    RowCursor open = cursor == null ? open() : cursor;
    context.check();
    List<@Nullable Object[]> batch = open == null ? null : open.next();
    if (batch == null) {
      done = true;
      close();
    }
    return batch;
  }

  private @Nullable RowCursor open() {
    List<KeyRange> ranges =
        ScanRanges.of(plan, context.resources().codecs().keys(plan.table()), context::constant);
    long limit = context.count(plan.options().limit(), "LIMIT", Long.MAX_VALUE);
    if (ranges.isEmpty() || limit == 0) {
      return null;
    }
    ScanProgram program =
        new ScanProgram(
            plan.table(),
            context.binder().bindNullable(plan.filter()),
            context.binder().bindAll(plan.output()),
            bind(plan.aggregates(), context),
            limit == Long.MAX_VALUE ? 0 : limit);
    cursor = read(context, ranges, program, plan.options());
    return cursor;
  }

  private static @Nullable List<AggregateCall> bind(
      @Nullable List<AggregateCall> calls, QueryContext context) {
    return calls == null ? null : calls.stream().map(call -> bind(call, context)).toList();
  }

  /** The call with its parameters' values. */
  static AggregateCall bind(AggregateCall call, QueryContext context) {
    return new AggregateCall(
        call.function(),
        context.binder().bindNullable(call.argument()),
        call.distinct(),
        context.binder().bindNullable(call.separator()),
        call.type());
  }

  /** Sends a read with the lock that the transaction and the options ask for. */
  static RowCursor read(
      QueryContext context, List<KeyRange> ranges, ScanProgram program, ScanOptions options) {
    LockMode lock =
        context.transaction().readOnly()
            ? LockMode.NONE
            : options.forUpdate() ? LockMode.EXCLUSIVE : LockMode.SHARED;
    return context
        .transaction()
        .read(new ReadRequest(ranges, program, lock, options.reverse(), context.schema()));
  }

  @Override
  public void close() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }
}
