package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets the rows through for which a condition is TRUE. */
final class FilterOperator implements Operator {
  private final Operator input;
  private final Evaluator condition;

  FilterOperator(Operator input, Evaluator condition) {
    this.input = input;
    this.condition = condition;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    while (true) {
      List<@Nullable Object[]> batch = input.next();
      if (batch == null) {
        return null;
      }
      List<@Nullable Object[]> kept = batch.stream().filter(condition::test).toList();
      if (!kept.isEmpty()) {
        return kept;
      }
    }
  }

  @Override
  public void close() {
    input.close();
  }
}
