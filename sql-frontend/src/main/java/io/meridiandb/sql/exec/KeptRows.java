package io.meridiandb.sql.exec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows kept in memory and counted in the query's account. */
final class KeptRows {
  private final QueryContext context;
  private final List<@Nullable Object[]> rows = new ArrayList<>();
  private long bytes;

  KeptRows(QueryContext context) {
    this.context = context;
  }

  /** All rows of an input, which is closed then. */
  static KeptRows of(Operator input, QueryContext context) {
    KeptRows kept = new KeptRows(context);
    for (List<@Nullable Object[]> batch = input.next(); batch != null; batch = input.next()) {
      context.check();
      batch.forEach(kept::add);
    }
    input.close();
    return kept;
  }

  void add(@Nullable Object[] row) {
    long size = MemoryAccount.bytesOf(row);
    context.memory().reserve(size);
    bytes += size;
    rows.add(row);
  }

  /** The list itself: may be sorted. */
  List<@Nullable Object[]> rows() {
    return rows;
  }

  /** Forgets them. */
  void clear() {
    rows.clear();
    context.memory().release(bytes);
    bytes = 0;
  }
}
