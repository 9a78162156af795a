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
  private final KeyRange whole;
  private Key next;

  /** A clean-up of one table from its first row. */
  public RowCleanup(TableDescriptor table) {
    this.table = table;
    this.keys = KeyCodec.of(table);
    this.whole = keys.prefixRange(List.of());
    this.next = whole.start();
    List<Expr> output = new ArrayList<>();
    for (KeyPart part : table.primaryKey()) {
      output.add(new Expr.Column(part.column(), table.columns().get(part.column()).type()));
    }
    this.program = new ScanProgram(table, null, output, null, ROWS_PER_TRANSACTION);
  }

  /**
   * Buffers the removal of the next rows; the caller commits.
   *
   * @return whether there may be more
   */
  public boolean step(Transaction transaction, SchemaVersion schema) {
    ReadRequest request =
        new ReadRequest(
            List.of(new KeyRange(next, whole.end())), program, LockMode.SHARED, false, schema);
    List<Mutation> mutations = new ArrayList<>();
    Key last = next;
    try (RowCursor cursor = transaction.read(request)) {
      for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
        for (@Nullable Object[] row : batch) {
          last = keyOf(row);
          mutations.add(Mutation.delete(last));
        }
      }
    }
    if (mutations.isEmpty()) {
      return false;
    }
    transaction.write(mutations, false, schema);
    next = last.successor();
    return mutations.size() >= ROWS_PER_TRANSACTION;
  }

  private Key keyOf(@Nullable Object[] parts) {
    @Nullable Object[] row = new Object[table.columns().size()];
    for (int i = 0; i < parts.length; i++) {
      row[table.primaryKey().get(i).column()] = parts[i];
    }
    return keys.encode(row);
  }
}
