package io.meridiandb.sql.catalog;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.ReadRequest;
import io.meridiandb.txn.gateway.RowCursor;
import io.meridiandb.txn.gateway.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes the rows of a dropped table, a bounded number in a transaction. Nobody can see them any
 * more, since table ids are never used again; this only frees their space.
 */
public final class RowCleanup {
  /** Most rows that one transaction removes. */
  public static final int ROWS_PER_TRANSACTION = 1_000;

  private final TableDescriptor table;
  private final KeyCodec keys;
  private final ScanProgram program;
  private final List<Integer> columns = new ArrayList<>();
  private final List<KeyRange> left = new ArrayList<>();

  /** A clean-up of one table from its first row. */
  public RowCleanup(TableDescriptor table) {
    this.table = table;
    this.keys = KeyCodec.of(table);
    keys.perPlacement().forEach(placed -> left.add(placed.prefixRange(List.of())));
    for (KeyPart part : table.primaryKey()) {
      columns.add(part.column());
    }
    if (table.placementColumn() >= 0 && !columns.contains(table.placementColumn())) {
      columns.add(table.placementColumn());
    }
    List<Expr> output = new ArrayList<>();
    for (int column : columns) {
      output.add(new Expr.Column(column, table.columns().get(column).type()));
    }
    this.program = new ScanProgram(table, null, output, null, ROWS_PER_TRANSACTION);
  }

  /**
   * Buffers the removal of the next rows; the caller commits.
   *
   * @return whether there may be more
   */
  public boolean step(Transaction transaction, SchemaVersion schema) {
    if (left.isEmpty()) {
      return false;
    }
    KeyRange range = left.getFirst();
    ReadRequest request = new ReadRequest(List.of(range), program, LockMode.SHARED, false, schema);
    List<Mutation> mutations = new ArrayList<>();
    Key last = range.start();
    try (RowCursor cursor = transaction.read(request)) {
      for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
        for (@Nullable Object[] row : batch) {
          last = keyOf(row);
          mutations.add(Mutation.delete(last));
        }
      }
    }
    if (mutations.size() < ROWS_PER_TRANSACTION) {
      left.removeFirst();
    } else {
      left.set(0, new KeyRange(last.successor(), range.end()));
    }
    if (!mutations.isEmpty()) {
      transaction.write(mutations, false, schema);
    }
    return !left.isEmpty();
  }

  private Key keyOf(@Nullable Object[] parts) {
    @Nullable Object[] row = new Object[table.columns().size()];
    for (int i = 0; i < parts.length; i++) {
      row[columns.get(i)] = parts[i];
    }
    return keys.encode(row);
  }
}
