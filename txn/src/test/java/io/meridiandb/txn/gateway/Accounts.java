package io.meridiandb.txn.gateway;

import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.txn.LockMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table (id, amount) and short ways to read and write it. */
public final class Accounts {
  public static final SchemaVersion SCHEMA = SchemaVersion.INITIAL;

  final TableDescriptor table;
  private final RowCodec rows;
  private final KeyCodec keys;

  public Accounts(long tableId) {
    table =
        new TableDescriptor(
            tableId,
            "accounts" + tableId,
            List.of(
                new ColumnDescriptor(1, "id", SqlType.BIGINT, false, null),
                new ColumnDescriptor(2, "amount", SqlType.BIGINT, false, null)),
            List.of(new KeyPart(0, false)),
            null,
            false);
    rows = RowCodec.of(table);
    keys = KeyCodec.of(table);
  }

  public Key key(long id) {
    return keys.encode(new Object[] {id, 0L});
  }

  public byte[] row(long id, long amount) {
    return rows.encode(new Object[] {id, amount});
  }

  public KeyRange all() {
    return keys.prefixRange(List.of());
  }

  ReadRequest request(List<KeyRange> ranges, LockMode lock) {
    return request(ranges, lock, false, 0);
  }

  ReadRequest request(List<KeyRange> ranges, LockMode lock, boolean reverse, long limit) {
    List<Expr> output =
        List.of(new Expr.Column(0, SqlType.BIGINT), new Expr.Column(1, SqlType.BIGINT));
    return new ReadRequest(
        ranges, new ScanProgram(table, null, output, null, limit), lock, reverse, SCHEMA);
  }

  /** The rows of a read, in order. */
  static List<String> fetch(RowCursor cursor) {
    List<String> found = new ArrayList<>();
    for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
      for (@Nullable Object[] tuple : batch) {
        found.add(tuple[0] + "=" + tuple[1]);
      }
    }
    return found;
  }

  /** What a read without locks finds in the ranges. */
  public List<String> rows(Transaction transaction, List<KeyRange> ranges) {
    return fetch(transaction.read(request(ranges, LockMode.NONE)));
  }

  /** Everything in the table. */
  public Map<Long, Long> amounts(Transaction transaction, LockMode lock) {
    Map<Long, Long> found = new TreeMap<>();
    RowCursor cursor = transaction.read(request(List.of(all()), lock));
    for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
      for (@Nullable Object[] tuple : batch) {
        found.put((Long) tuple[0], (Long) tuple[1]);
      }
    }
    return found;
  }

  /** The amount of one account. */
  public long amount(Transaction transaction, long id, LockMode lock) {
    RowCursor cursor = transaction.read(request(List.of(KeyRange.point(key(id))), lock));
    List<@Nullable Object[]> batch = cursor.next();
    if (batch == null || !(batch.getFirst()[1] instanceof Long amount)) {
      throw new AssertionError("no account " + id);
    }
    return amount;
  }
}
