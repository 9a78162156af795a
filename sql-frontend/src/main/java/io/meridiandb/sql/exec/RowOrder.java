package io.meridiandb.sql.exec;

import io.meridiandb.row.type.SqlValues;
import io.meridiandb.sql.plan.physical.SortKey;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares rows by sort keys. */
final class RowOrder implements Comparator<@Nullable Object[]> {
  private final SortKey[] keys;

  RowOrder(List<SortKey> keys) {
    this.keys = keys.toArray(SortKey[]::new);
  }

  @Override
  public int compare(@Nullable Object[] left, @Nullable Object[] right) {
    for (SortKey key : keys) {
      Object a = left[key.column()];
      Object b = right[key.column()];
      int order;
      if (a == null || b == null) {
        // TRUE sorts above FALSE: NULL is above unless it goes first.
        order = Boolean.compare(a == null, b == null) * (key.nullsFirst() ? -1 : 1);
      } else {
        order = SqlValues.compare(a, b) * (key.descending() ? -1 : 1);
      }
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
