package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.Groups;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.exec.JoinEmitter.Candidate;
import io.meridiandb.sql.plan.physical.PhysicalPlan.LookupJoin;
import io.meridiandb.txn.gateway.RowCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the right table by the beginning of its key: one multi-range read for a batch of left rows,
 * whose answers are told apart by the key columns that are read along.
 */
final class LookupJoinOperator implements Operator {
  private final LookupJoin plan;
  private final Operator left;
  private final QueryContext context;
  private final List<Evaluator> keys;
  private final JoinEmitter emitter;
  private final KeyCodec codec;
  private final ScanProgram program;
  private final @Nullable List<@Nullable Object> placements;

  LookupJoinOperator(LookupJoin plan, Operator left, QueryContext context) {
    this.plan = plan;
    this.left = left;
    this.context = context;
    this.keys = context.compileAll(plan.keys());
    this.emitter =
        Joins.emitter(
            plan.left(), plan.right(), plan.type(), context.compileNullable(plan.condition()));
    this.codec = context.resources().codecs().keys(plan.right().table());
    this.program = program(plan, context);
    List<Expr> names = plan.right().options().placements();
    this.placements = names == null ? null : new ArrayList<>();
    if (names != null && placements != null) {
      names.forEach(name -> placements.add(context.constant(name)));
    }
  }

  /** What is read: the looked-up key columns, then the plan's output. */
  private static ScanProgram program(LookupJoin plan, QueryContext context) {
    TableDescriptor table = plan.right().table();
    List<Expr> output = new ArrayList<>();
    for (int i = 0; i < plan.keys().size(); i++) {
      int column = table.primaryKey().get(i).column();
      output.add(new Expr.Column(column, table.columns().get(column).type()));
    }
    output.addAll(context.binder().bindAll(plan.right().output()));
    Expr filter = context.binder().bindNullable(plan.right().filter());
    return new ScanProgram(table, filter, output, null, 0);
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    List<@Nullable Object[]> out = new ArrayList<>();
    while (out.isEmpty()) {
      context.check();
      List<@Nullable Object[]> batch = left.next();
      if (batch == null) {
        return null;
      }
      for (int from = 0; from < batch.size(); from += BATCH_ROWS) {
        join(batch.subList(from, Math.min(batch.size(), from + BATCH_ROWS)), out);
      }
    }
    return out;
  }

  private void join(List<@Nullable Object[]> batch, List<@Nullable Object[]> out) {
    Map<@Nullable Object, List<Candidate>> found = new LinkedHashMap<>();
    List<@Nullable Object> keyOfRow = new ArrayList<>(batch.size());
    List<KeyRange> ranges = new ArrayList<>();
    for (@Nullable Object[] row : batch) {
      @Nullable Object[] values = ProjectOperator.evaluate(keys, row);
      boolean complete = Arrays.stream(values).allMatch(value -> value != null);
      Object key = complete ? Groups.key(values) : null;
      keyOfRow.add(key);
      if (key != null && found.putIfAbsent(key, new ArrayList<>(1)) == null) {
        ranges.addAll(PlacedRanges.equal(codec, Arrays.asList(values), placements));
      }
    }
    long bytes = ranges.isEmpty() ? 0 : read(PlacedRanges.merge(ranges), found);
    for (int i = 0; i < batch.size(); i++) {
      List<Candidate> candidates = keyOfRow.get(i) == null ? null : found.get(keyOfRow.get(i));
      emitter.emit(batch.get(i), candidates == null ? List.of() : candidates, out);
    }
    context.memory().release(bytes);
  }

  private long read(List<KeyRange> ranges, Map<@Nullable Object, List<Candidate>> found) {
    long bytes = 0;
    int keyColumns = keys.size();
    try (RowCursor cursor = ScanOperator.read(context, ranges, program, plan.right().options())) {
      for (List<@Nullable Object[]> rows = cursor.next(); rows != null; rows = cursor.next()) {
        context.check();
        for (@Nullable Object[] row : rows) {
          Object key = Groups.key(Arrays.copyOf(row, keyColumns));
          @Nullable Object[] right = Arrays.copyOfRange(row, keyColumns, row.length);
          long size = MemoryAccount.bytesOf(right);
          context.memory().reserve(size);
          bytes += size;
          List<Candidate> candidates = found.get(key);
          if (candidates != null) {
            candidates.add(new Candidate(right));
          }
        }
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    left.close();
  }
}
