package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes columns. */
final class ProjectOperator implements Operator {
  private final Operator input;
  private final List<Evaluator> output;

  ProjectOperator(Operator input, List<Evaluator> output) {
    this.input = input;
    this.output = output;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    List<@Nullable Object[]> batch = input.next();
    if (batch == null) {
      return null;
    }
    List<@Nullable Object[]> projected = new ArrayList<>(batch.size());
    for (@Nullable Object[] tuple : batch) {
      projected.add(evaluate(output, tuple));
    }
    return projected;
  }

  static @Nullable Object[] evaluate(List<Evaluator> output, @Nullable Object[] tuple) {
    @Nullable Object[] values = new Object[output.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = output.get(i).eval(tuple);
    }
    return values;
  }

  @Override
  public void close() {
    input.close();
  }
}
