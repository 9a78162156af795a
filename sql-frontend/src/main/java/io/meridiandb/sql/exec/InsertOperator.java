package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ConflictAction;
import io.meridiandb.sql.plan.physical.PhysicalPlan.Insert;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import io.meridiandb.txn.gateway.RowCursor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Inserts rows; whether their keys are free is a condition that the leader checks. */
final class InsertOperator extends ModifyOperator {
  private final Insert plan;

  InsertOperator(Insert plan, Operator input, QueryContext context) {
    super(input, plan.returning(), context);
    this.plan = plan;
  }

  @Override
  long modify(List<@Nullable Object[]> rows) {
    TableWriter writer = new TableWriter(plan.table(), "INSERT", context);
    List<Key> keys = new ArrayList<>(rows.size());
    for (@Nullable Object[] row : rows) {
      writer.fit(row);
      keys.add(writer.key(row));
    }
    Set<Key> taken =
        plan.onConflict() == ConflictAction.NOTHING
            ? existing(keys, rows, writer)
            : new LinkedHashSet<>();
    long count = 0;
    for (int i = 0; i < keys.size(); i++) {
      Key key = keys.get(i);
      @Nullable Object[] row = rows.get(i);
      if (plan.onConflict() == ConflictAction.NOTHING
          && (writer.elsewhere(row).stream().anyMatch(taken::contains) || !taken.add(key))) {
        continue;
      }
      if (plan.onConflict() == ConflictAction.REPLACE) {
        writer.insertOrPut(key, row);
      } else {
        writer.insert(key, row);
      }
      giveBack(row);
      count++;
    }
    writer.write();
    return count;
  }

  /** Those of the keys that have a row, in whatever placement. */
  private Set<Key> existing(List<Key> keys, List<@Nullable Object[]> rows, TableWriter writer) {
    Set<Key> existing = new LinkedHashSet<>();
    if (keys.isEmpty()) {
      return existing;
    }
    TableDescriptor table = plan.table();
    KeyCodec codec = context.resources().codecs().keys(table);
    List<KeyRange> ranges = new ArrayList<>(keys.stream().map(KeyRange::point).toList());
    rows.forEach(row -> writer.elsewhere(row).forEach(key -> ranges.add(KeyRange.point(key))));
    List<Expr> keyColumns = KeyColumns.of(table);
    ScanProgram program = new ScanProgram(table, null, keyColumns, null, 0);
    try (RowCursor cursor =
        ScanOperator.read(context, PlacedRanges.merge(ranges), program, ScanOptions.FOR_UPDATE)) {
      for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
        batch.forEach(values -> existing.add(codec.encode(KeyColumns.row(table, values))));
      }
    }
    return existing;
  }
}
