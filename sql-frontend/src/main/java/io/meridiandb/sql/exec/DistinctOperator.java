package io.meridiandb.sql.exec;

import io.meridiandb.row.scan.Groups;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Each different row at its first appearance; the rows seen are kept in memory. */
final class DistinctOperator implements Operator {
  private final Operator input;
  private final QueryContext context;
  private final Set<@Nullable Object> seen = new LinkedHashSet<>();

  DistinctOperator(Operator input, QueryContext context) {
    this.input = input;
    this.context = context;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    while (true) {
      context.check();
      List<@Nullable Object[]> batch = input.next();
      if (batch == null) {
        return null;
      }
      List<@Nullable Object[]> fresh = new ArrayList<>();
      for (@Nullable Object[] row : batch) {
        if (seen.add(Groups.key(row))) {
          context.memory().reserve(2 * MemoryAccount.bytesOf(row));
          fresh.add(row);
        }
      }
      if (!fresh.isEmpty()) {
        return fresh;
      }
    }
  }

  @Override
  public void close() {
    input.close();
  }
}
