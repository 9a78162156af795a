package io.meridiandb.placement.metadata;

import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.ReadRequest;
import io.meridiandb.txn.gateway.RowCursor;
import io.meridiandb.txn.gateway.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of system tables, read and written in transactions exempt from the schema check. */
public final class Rows {
  private Rows() {}

  /**
   * All rows of a range of a system table, in key order.
   *
   * @param lock NONE in a read-only transaction whatever is given
   */
  public static List<@Nullable Object[]> read(
      Transaction transaction, TableDescriptor table, KeyRange range, LockMode lock) {
    List<Expr> output = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      ColumnDescriptor column = table.columns().get(i);
      output.add(new Expr.Column(i, column.type()));
    }
    ReadRequest request =
        new ReadRequest(
            List.of(range),
            new ScanProgram(table, null, output, null, 0),
            transaction.readOnly() ? LockMode.NONE : lock,
            false,
            SchemaVersion.EXEMPT);
    List<@Nullable Object[]> rows = new ArrayList<>();
    try (RowCursor cursor = transaction.read(request)) {
      for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
        rows.addAll(batch);
      }
    }
    return rows;
  }

  /** All rows of a system table. */
  public static List<@Nullable Object[]> all(
      Transaction transaction, TableDescriptor table, LockMode lock) {
    return read(transaction, table, KeyCodec.of(table).prefixRange(List.of()), lock);
  }

  /** The row of a key; null if there is none. */
  public static @Nullable Object @Nullable [] one(
      Transaction transaction, TableDescriptor table, Object key, LockMode lock) {
    KeyRange point = KeyRange.point(KeyCodec.of(table).prefix(List.of(key)));
    List<@Nullable Object[]> rows = read(transaction, table, point, lock);
    return rows.isEmpty() ? null : rows.getFirst();
  }

  /** Writes a row whether it exists or not. */
  public static void put(Transaction transaction, TableDescriptor table, @Nullable Object... row) {
    RowCodec codec = RowCodec.of(table);
    write(transaction, List.of(Mutation.put(codec.keys().encode(row), codec.encode(row))));
  }

  /** Deletes a row if it exists. */
  public static void delete(Transaction transaction, TableDescriptor table, Object key) {
    write(transaction, List.of(Mutation.delete(KeyCodec.of(table).prefix(List.of(key)))));
  }

  /** Buffers writes. */
  public static void write(Transaction transaction, List<Mutation> mutations) {
    if (!mutations.isEmpty()) {
      transaction.write(mutations, false, SchemaVersion.EXEMPT);
    }
  }

  /** Takes so many numbers from a counter of group 0; never handed out again once committed. */
  public static long take(Transaction transaction, String counter, int count) {
    @Nullable Object @Nullable [] row =
        one(transaction, SystemTables.COUNTERS, counter, LockMode.EXCLUSIVE);
    long next = row == null ? 1 : number(row[1]);
    put(transaction, SystemTables.COUNTERS, counter, next + count);
    return next;
  }

  /** A number of a row; 0 for NULL. */
  public static long number(@Nullable Object value) {
    return value instanceof Long number ? number : 0;
  }

  /** A text of a row; empty for NULL. */
  public static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }

  static List<String> list(@Nullable Object value) {
    return text(value).isEmpty() ? List.of() : List.of(text(value).split(",", -1));
  }
}
