package io.meridiandb.sql.exec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leaves the first rows out and ends after as many as are wanted. */
final class LimitOperator implements Operator {
  private final Operator input;
  private long wanted;
  private long skipped;

  LimitOperator(Operator input, long limit, long offset) {
    this.input = input;
    this.wanted = limit;
    this.skipped = offset;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    while (wanted > 0) {
      List<@Nullable Object[]> batch = input.next();
      if (batch == null) {
        wanted = 0;
        return null;
      }
      int from = (int) Math.min(skipped, batch.size());
      skipped -= from;
      int to = from + (int) Math.min(batch.size() - from, wanted);
      if (from < to) {
        wanted -= to - from;
        return batch.subList(from, to);
      }
    }
    input.close(); // the rest need not be read
    return null;
  }

  @Override
  public void close() {
    input.close();
  }
}
