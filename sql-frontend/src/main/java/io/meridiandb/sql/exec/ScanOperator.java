package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.AggregateCall;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.ReadRequest;
import io.meridiandb.txn.gateway.RowCursor;
import java.util.ArrayList;
import java.util.Comparator;
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
    List<KeyRange> ranges = ranges();
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

  /** Disjoint, in reading order. */
  private List<KeyRange> ranges() {
    KeyCodec codec = context.resources().codecs().keys(plan.table());
    List<KeyRange> ranges = new ArrayList<>();
    for (KeyRangeSpec spec : plan.ranges()) {
      KeyRange range = range(codec, spec);
      if (range != null && !range.isEmpty()) {
        ranges.add(range);
      }
    }
    if (ranges.size() > 1) {
      ranges = merge(ranges);
    }
    return plan.options().reverse() ? ranges.reversed() : ranges;
  }

  private @Nullable KeyRange range(KeyCodec codec, KeyRangeSpec spec) {
    List<Object> equal = new ArrayList<>(spec.equal().size());
    for (Expr expr : spec.equal()) {
      Object value = context.constant(expr);
      if (value == null) {
        return null;
      }
      equal.add(value);
    }
    KeyCodec.Bound lower = null;
    if (spec.lower() != null) {
      Object value = context.constant(spec.lower().value());
      if (value == null) {
        return null;
      }
      lower = new KeyCodec.Bound(value, spec.lower().inclusive());
    }
    KeyCodec.Bound upper = null;
    if (spec.upper() != null) {
      Object value = context.constant(spec.upper().value());
      if (value == null) {
        return null;
      }
      upper = new KeyCodec.Bound(value, spec.upper().inclusive());
    }
    return lower == null && upper == null
        ? equalRange(codec, plan.table(), equal)
        : codec.range(equal, lower, upper);
  }

  /** The rows of a table whose key begins with these values: a point if they are all of it. */
  static KeyRange equalRange(
      KeyCodec codec, TableDescriptor table, List<? extends @Nullable Object> equal) {
    Key prefix = codec.prefix(equal);
    return equal.size() == table.primaryKey().size()
        ? KeyRange.point(prefix)
        : KeyRange.prefix(prefix);
  }

  /** Sorts the ranges and makes one of those that overlap or touch. */
  static List<KeyRange> merge(List<KeyRange> ranges) {
    ranges.sort(Comparator.comparing(KeyRange::start));
    List<KeyRange> merged = new ArrayList<>(ranges.size());
    KeyRange last = ranges.getFirst();
    for (KeyRange next : ranges.subList(1, ranges.size())) {
      Key end = last.end();
      if (end != null && next.start().compareTo(end) > 0) {
        merged.add(last);
        last = next;
      } else {
        last = new KeyRange(last.start(), later(end, next.end()));
      }
    }
    merged.add(last);
    return merged;
  }

  private static @Nullable Key later(@Nullable Key a, @Nullable Key b) {
    if (a == null || b == null) {
      return null;
    }
    return a.compareTo(b) >= 0 ? a : b;
  }

  @Override
  public void close() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }
}
