package io.meridiandb.sql.exec;

import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ExprBinder;
import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.txn.gateway.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs plans in tests and shows their rows as text. */
final class TestQueries {
  final MemoryPool pool = new MemoryPool(64L << 20);
  final ManualClocks clocks = new ManualClocks();
  ExecutionGuard guard = new ExecutionGuard(clocks, Duration.ofSeconds(10));
  long memoryBytes = 16L << 20;
  boolean checkNow = true;
  long updateCount;

  /** A clock that stands still until it is moved. */
  static final class ManualClocks implements Clocks {
    long nanos;

    @Override
    public long bootNanos() {
      return nanos;
    }

    @Override
    public long wallNanos() {
      return nanos;
    }

    @Override
    public String bootId() {
      return "test";
    }
  }

  QueryContext context(Transaction transaction, Object... parameters) {
    return new QueryContext(
        transaction,
        SchemaVersion.INITIAL,
        new ExprBinder(parameters),
        checkNow,
        new QueryContext.Resources(
            guard,
            new MemoryAccount(pool, memoryBytes),
            new TableCodecs(),
            (schema, view) -> List.<Object[]>of(new Object[] {schema, view}),
            null));
  }

  /** The rows, each as {@code a|b|c}. */
  List<String> run(Transaction transaction, PhysicalPlan plan, Object... parameters) {
    List<String> rows = new ArrayList<>();
    try (Execution execution = Execution.start(plan, context(transaction, parameters))) {
      for (List<Object[]> batch = execution.next(); batch != null; batch = execution.next()) {
        batch.forEach(row -> rows.add(text(row, plan.columns())));
      }
      updateCount = execution.updateCount();
    }
    return rows;
  }

  static String text(Object[] row, List<PlanColumn> columns) {
    if (row.length != columns.size()) {
      throw new AssertionError(row.length + " values for the columns " + columns);
    }
    List<String> values = new ArrayList<>();
    for (int i = 0; i < row.length; i++) {
      values.add(row[i] == null ? "-" : ValueText.format(row[i], columns.get(i).type()));
    }
    return String.join("|", values);
  }

  // Plans

  static Expr column(TableDescriptor table, int index) {
    return new Expr.Column(index, table.columns().get(index).type());
  }

  static Expr column(int index, SqlType type) {
    return new Expr.Column(index, type);
  }

  static Expr lit(long value) {
    return new Expr.Literal(value, SqlType.BIGINT);
  }

  static Expr lit(String value) {
    return new Expr.Literal(value, SqlType.TEXT);
  }

  static List<Expr> allColumns(TableDescriptor table) {
    List<Expr> columns = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      columns.add(column(table, i));
    }
    return columns;
  }

  static List<PlanColumn> planColumns(TableDescriptor table) {
    return table.columns().stream()
        .map(
            column -> new PlanColumn(column.name(), column.type(), column.nullable(), table.name()))
        .toList();
  }

  static PhysicalPlan.TableScan scan(TableDescriptor table, KeyRangeSpec... ranges) {
    return scan(table, PhysicalPlan.ScanOptions.NONE, ranges);
  }

  static PhysicalPlan.TableScan scan(
      TableDescriptor table, PhysicalPlan.ScanOptions options, KeyRangeSpec... ranges) {
    return new PhysicalPlan.TableScan(
        table,
        ranges.length == 0 ? List.of(KeyRangeSpec.ALL) : List.of(ranges),
        null,
        allColumns(table),
        null,
        options,
        planColumns(table));
  }

  /** Rows of BIGINT (for Long) and TEXT (for String and null) values. */
  static PhysicalPlan.Values values(SqlType[] types, Object[]... rows) {
    List<PlanColumn> columns = new ArrayList<>();
    for (int i = 0; i < types.length; i++) {
      columns.add(PlanColumn.of("v" + i, types[i]));
    }
    List<List<Expr>> exprs = new ArrayList<>();
    for (Object[] row : rows) {
      List<Expr> values = new ArrayList<>();
      for (int i = 0; i < types.length; i++) {
        values.add(new Expr.Literal(row[i], types[i]));
      }
      exprs.add(values);
    }
    return new PhysicalPlan.Values(exprs, columns);
  }

  static ColumnDescriptor columnOf(int id, String name, SqlType type, boolean nullable) {
    return new ColumnDescriptor(id, name, type, nullable, null);
  }
}
