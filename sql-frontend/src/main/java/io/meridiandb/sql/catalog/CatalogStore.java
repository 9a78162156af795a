package io.meridiandb.sql.catalog;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.codec.TableDescriptorCodec;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.key.SystemKeys;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The catalog's rows in key space 0. They are read and written by ordinary transactions that are
 * exempt from the schema check; a transaction that changes them also raises the version row, so
 * that a change is visible everywhere at its commit (protocol G15).
 */
final class CatalogStore {
  private static final String KIND_TABLE = "table";
  private static final String COUNTER_OBJECT_ID = "object_id";
  private static final RowCodec OBJECTS = RowCodec.of(SystemTables.OBJECTS);
  private static final RowCodec COUNTERS = RowCodec.of(SystemTables.COUNTERS);

  /** How long one read of a change waits while other changes are held off by it. */
  private static final Duration HOLDING_OFF_MAX = Duration.ofSeconds(5);

  private CatalogStore() {}

  /** The whole catalog as {@code transaction} sees it. */
  static Catalog load(Transaction transaction) {
    LockMode lock = transaction.readOnly() ? LockMode.NONE : LockMode.SHARED;
    return Catalog.of(version(transaction, lock), tables(transaction, lock));
  }

  /**
   * As {@link #load}, holding every other change of the schema off until the commit: so from here
   * on the transaction waits for nobody for long, and the catalog's group alone decides how it
   * ends. A group without a leader must not stop changes of tables that it has nothing of.
   */
  static Catalog loadForChange(Transaction transaction) {
    SchemaVersion version = version(transaction, LockMode.EXCLUSIVE);
    transaction.waitAtMost(HOLDING_OFF_MAX);
    transaction.decideAt(GroupId.ZERO);
    return Catalog.of(version, tables(transaction, LockMode.SHARED));
  }

  private static SchemaVersion version(Transaction transaction, LockMode lock) {
    List<@Nullable Object[]> rows =
        read(
            transaction,
            SystemTables.SCHEMA_VERSION,
            KeyRange.point(SystemKeys.SCHEMA_VERSION),
            lock);
    return rows.isEmpty() ? SchemaVersion.INITIAL : new SchemaVersion(number(rows.getFirst()[1]));
  }

  private static List<TableDescriptor> tables(Transaction transaction, LockMode lock) {
    List<TableDescriptor> tables = new ArrayList<>();
    for (@Nullable Object[] row :
        read(transaction, SystemTables.OBJECTS, SystemKeys.OBJECTS, lock)) {
      if (KIND_TABLE.equals(row[1]) && row[3] instanceof byte[] definition) {
        tables.add(TableDescriptorCodec.fromBytes(definition));
      }
    }
    return tables;
  }

  /** A new object id; never handed out again once the transaction commits. */
  static long nextId(Transaction transaction) {
    List<@Nullable Object[]> rows =
        read(
            transaction,
            SystemTables.COUNTERS,
            KeyRange.point(SystemKeys.counter(COUNTER_OBJECT_ID)),
            LockMode.EXCLUSIVE);
    long id = rows.isEmpty() ? SystemTables.FIRST_USER_ID : number(rows.getFirst()[1]);
    put(transaction, COUNTERS, COUNTER_OBJECT_ID, id + 1);
    return id;
  }

  /** Writes the definitions of tables. */
  static void write(Transaction transaction, Collection<TableDescriptor> tables) {
    for (TableDescriptor table : tables) {
      put(
          transaction,
          OBJECTS,
          table.id(),
          KIND_TABLE,
          table.name(),
          TableDescriptorCodec.toBytes(table));
    }
  }

  /** Removes tables. */
  static void remove(Transaction transaction, Collection<TableDescriptor> tables) {
    for (TableDescriptor table : tables) {
      transaction.write(
          List.of(Mutation.delete(SystemKeys.object(table.id()))), false, SchemaVersion.EXEMPT);
    }
  }

  /**
   * Writes the catalog's next version: the row of group 0, and the copies of those groups that must
   * refuse what was planned with an earlier one (docs/decisions/0005).
   */
  static void putVersion(
      Transaction transaction, SchemaVersion next, Collection<GroupId> otherGroups) {
    List<Mutation> mutations = new ArrayList<>();
    mutations.add(Mutation.put(SystemKeys.SCHEMA_VERSION, SystemRows.encode(next)));
    for (GroupId group : otherGroups) {
      if (!group.equals(GroupId.ZERO)) {
        mutations.add(Mutation.put(GroupKeys.schemaVersion(group), SystemRows.encode(next)));
      }
    }
    transaction.write(mutations, false, SchemaVersion.EXEMPT);
  }

  private static void put(Transaction transaction, RowCodec codec, @Nullable Object... row) {
    Mutation mutation = Mutation.put(codec.keys().encode(row), codec.encode(row));
    transaction.write(List.of(mutation), false, SchemaVersion.EXEMPT);
  }

  /** Whether there is any row in a range; if not, the range is locked so that none appears. */
  static boolean anyRow(Transaction transaction, TableDescriptor table, KeyRange range) {
    int first = table.primaryKey().getFirst().column();
    Expr value = new Expr.Column(first, table.columns().get(first).type());
    ScanProgram program = new ScanProgram(table, null, List.of(value), null, 1);
    ReadRequest request =
        new ReadRequest(List.of(range), program, LockMode.SHARED, false, SchemaVersion.EXEMPT);
    try (RowCursor cursor = transaction.read(request)) {
      return cursor.next() != null;
    }
  }

  private static List<@Nullable Object[]> read(
      Transaction transaction, TableDescriptor table, KeyRange range, LockMode lock) {
    List<Expr> output = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      ColumnDescriptor column = table.columns().get(i);
      output.add(new Expr.Column(i, column.type()));
    }
    ScanProgram program = new ScanProgram(table, null, output, null, 0);
    ReadRequest request =
        new ReadRequest(List.of(range), program, lock, false, SchemaVersion.EXEMPT);
    List<@Nullable Object[]> rows = new ArrayList<>();
    try (RowCursor cursor = transaction.read(request)) {
      for (List<@Nullable Object[]> batch = cursor.next(); batch != null; batch = cursor.next()) {
        rows.addAll(batch);
      }
    }
    return rows;
  }

  private static long number(@Nullable Object value) {
    return value instanceof Long number ? number : 0;
  }
}
