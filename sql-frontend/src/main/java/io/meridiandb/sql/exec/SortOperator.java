package io.meridiandb.sql.exec;

import io.meridiandb.sql.plan.physical.SortKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All rows in order; in memory. */
final class SortOperator implements Operator {
  private final Operator input;
  private final List<SortKey> keys;
  private final QueryContext context;
  private @Nullable Operator sorted;

  SortOperator(Operator input, List<SortKey> keys, QueryContext context) {
    this.input = input;
    this.keys = keys;
    this.context = context;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    Operator rows = sorted;
    if (rows == null) {
      KeptRows kept = KeptRows.of(input, context);
      kept.rows().sort(new RowOrder(keys));
      rows = RowsOperators.kept(kept::rows, context);
      sorted = rows;
    }
    return rows.next();
  }

  @Override
  public void close() {
    input.close();
  }
}
