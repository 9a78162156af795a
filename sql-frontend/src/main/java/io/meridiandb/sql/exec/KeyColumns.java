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

  /** Positions of the columns that a row's key is made of: its parts, and what places the row. */
  private static List<Integer> positions(TableDescriptor table) {
    List<Integer> positions = new ArrayList<>(table.primaryKey().size() + 1);
    table.primaryKey().forEach(part -> positions.add(part.column()));
    int placement = table.placementColumn();
    if (placement >= 0 && !positions.contains(placement)) {
      positions.add(placement);
    }
    return positions;
  }

  /** All that a row's key is made of, as the output of a scan. */
  static List<Expr> of(TableDescriptor table) {
    List<Expr> columns = new ArrayList<>();
    for (int position : positions(table)) {
      columns.add(new Expr.Column(position, table.columns().get(position).type()));
    }
    return columns;
  }

  /** The values of a row's primary key. */
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
    List<Integer> positions = positions(table);
    for (int i = 0; i < values.length; i++) {
      row[positions.get(i)] = values[i];
    }
    return row;
  }
}
