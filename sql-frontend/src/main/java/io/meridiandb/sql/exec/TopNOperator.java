package io.meridiandb.sql.exec;

import io.meridiandb.sql.plan.physical.SortKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The first n rows in an order: keeps n rows, equal ones in the order in which they came. */
final class TopNOperator implements Operator {
  /** Beyond so many all rows are sorted instead. */
  static final long ROWS_MAX = 100_000;

  private record Ranked(@Nullable Object[] row, long arrival) {}

  private final Operator input;
  private final int count;
  private final Comparator<Ranked> order;
  private final QueryContext context;
  private @Nullable Operator result;

  TopNOperator(Operator input, List<SortKey> keys, int count, QueryContext context) {
    this.input = input;
    this.count = count;
    this.context = context;
    RowOrder rows = new RowOrder(keys);
    this.order =
        (a, b) -> {
          int byKeys = rows.compare(a.row, b.row);
          return byKeys != 0 ? byKeys : Long.compare(a.arrival, b.arrival);
        };
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    Operator rows = result;
    if (rows == null) {
      List<@Nullable Object[]> first = collect();
      rows = RowsOperators.kept(() -> first, context);
      result = rows;
    }
    return rows.next();
  }

  private List<@Nullable Object[]> collect() {
    if (count == 0) {
      return List.of();
    }
    PriorityQueue<Ranked> worstFirst = new PriorityQueue<>(order.reversed());
    long arrival = 0;
    for (List<@Nullable Object[]> batch = input.next(); batch != null; batch = input.next()) {
      context.check();
      for (@Nullable Object[] row : batch) {
        Ranked next = new Ranked(row, arrival++);
        if (worstFirst.size() == count) {
          if (order.compare(next, worstFirst.element()) >= 0) {
            continue;
          }
          context.memory().release(MemoryAccount.bytesOf(worstFirst.remove().row));
        }
        context.memory().reserve(MemoryAccount.bytesOf(row));
        worstFirst.add(next);
      }
    }
    List<Ranked> ranked = new ArrayList<>(worstFirst);
    ranked.sort(order);
    List<@Nullable Object[]> rows = new ArrayList<>(ranked.size());
    ranked.forEach(row -> rows.add(row.row));
    return rows;
  }

  @Override
  public void close() {
    input.close();
  }
}
