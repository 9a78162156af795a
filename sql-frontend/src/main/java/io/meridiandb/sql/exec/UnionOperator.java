package io.meridiandb.sql.exec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One input after the other. */
final class UnionOperator implements Operator {
  private final List<Operator> inputs;
  private int current;

  UnionOperator(List<Operator> inputs) {
    this.inputs = inputs;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    while (current < inputs.size()) {
      List<@Nullable Object[]> batch = inputs.get(current).next();
      if (batch != null) {
        return batch;
      }
      inputs.get(current).close();
      current++;
    }
    return null;
  }

  @Override
  public void close() {
    inputs.forEach(Operator::close);
  }
}
