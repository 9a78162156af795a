package io.meridiandb.sql.exec;

import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.physical.ChildTable;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import io.meridiandb.txn.gateway.RowCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows interleaved in rows that go away: deleted with them (ON DELETE CASCADE) or a reason not
 * to (NO ACTION). No child can come into being meanwhile: its insert requires the parent's row,
 * which is locked exclusively.
 */
final class ChildRows {
  private final QueryContext context;
  private final TableWriter writer;

  ChildRows(QueryContext context, TableWriter writer) {
    this.context = context;
    this.writer = writer;
  }

  /**
   * Deletes what is interleaved in some rows.
   *
   * @throws io.meridiandb.wire.MeridianException FOREIGN_KEY_VIOLATION if a table without CASCADE
   *     has rows there
   */
  void delete(
      TableDescriptor parent, List<@Nullable Object[]> parentRows, List<ChildTable> children) {
    for (ChildTable child : children) {
      TableDescriptor table = child.table();
      List<@Nullable Object[]> rows = read(parent, parentRows, table);
      if (rows.isEmpty()) {
        continue;
      }
      if (!table.cascadeDelete()) {
        throw ConstraintErrors.stillReferenced(
            parent, table, parentOf(parent, table, rows.getFirst()));
      }
      KeyCodec codec = context.resources().codecs().keys(table);
      rows.forEach(row -> writer.delete(codec.encode(row)));
      delete(table, rows, child.children());
    }
  }

  /**
   * Checks that some rows, whose key changes, have nothing interleaved in them.
   *
   * @throws io.meridiandb.wire.MeridianException FOREIGN_KEY_VIOLATION if they have
   */
  void demandNone(
      TableDescriptor parent, List<@Nullable Object[]> parentRows, List<ChildTable> children) {
    for (ChildTable child : children) {
      List<@Nullable Object[]> rows = read(parent, parentRows, child.table());
      if (!rows.isEmpty()) {
        throw ConstraintErrors.stillReferenced(
            parent, child.table(), parentOf(parent, child.table(), rows.getFirst()));
      }
    }
  }

  private List<@Nullable Object[]> read(
      TableDescriptor parent, List<@Nullable Object[]> parentRows, TableDescriptor child) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    if (parentRows.isEmpty()) {
      return rows;
    }
    KeyCodec codec = context.resources().codecs().keys(child);
    List<KeyRange> ranges = new ArrayList<>(parentRows.size());
    for (@Nullable Object[] row : parentRows) {
      List<@Nullable Object> values = KeyColumns.values(parent, row);
      PlacedRanges.codecs(codec, values, null)
          .forEach(placed -> ranges.add(placed.prefixRange(values)));
    }
    ScanProgram program = new ScanProgram(child, null, KeyColumns.of(child), null, 0);
    try (RowCursor cursor =
        ScanOperator.read(context, PlacedRanges.merge(ranges), program, ScanOptions.FOR_UPDATE)) {
      for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
        context.check();
        for (@Nullable Object[] values : batch) {
          context.memory().reserve(MemoryAccount.bytesOf(values));
          rows.add(KeyColumns.row(child, values));
        }
      }
    }
    return rows;
  }

  /** The key of the parent of a child's row. */
  private static @Nullable Object[] parentOf(
      TableDescriptor parent, TableDescriptor child, @Nullable Object[] childRow) {
    @Nullable Object[] row = new Object[parent.columns().size()];
    for (int i = 0; i < parent.primaryKey().size(); i++) {
      row[parent.primaryKey().get(i).column()] = childRow[child.primaryKey().get(i).column()];
    }
    return row;
  }
}
