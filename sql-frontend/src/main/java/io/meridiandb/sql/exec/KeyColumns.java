package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The key columns of a table on their own. */
final class KeyColumns {
  private KeyColumns() {}

  /** As the output of a scan. */
  static List<Expr> of(TableDescriptor table) {
    List<Expr> columns = new ArrayList<>(table.primaryKey().size());
    for (KeyPart part : table.primaryKey()) {
      columns.add(new Expr.Column(part.column(), table.columns().get(part.column()).type()));
    }
    return columns;
  }

  /** The values of a row's key columns. */
  static List<@Nullable Object> values(TableDescriptor table, @Nullable Object[] row) {
    List<@Nullable Object> values = new ArrayList<>(table.primaryKey().size());
    for (KeyPart part : table.primaryKey()) {
      values.add(row[part.column()]);
    }
    return values;
  }

  /** A row that has only its key, from the output of such a scan. */
  static @Nullable Object[] row(TableDescriptor table, @Nullable Object[] values) {
    @Nullable Object[] row = new Object[table.columns().size()];
    for (int i = 0; i < values.length; i++) {
      row[table.primaryKey().get(i).column()] = values[i];
    }
    return row;
  }
}
