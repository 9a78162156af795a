package io.meridiandb.sql.exec;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one row of a scalar subquery; NULLs if there is none, an error if there are more. */
final class SingleRowOperator implements Operator {
  private final Operator input;
  private final int columns;
  private boolean done;

  SingleRowOperator(Operator input, int columns) {
    this.input = input;
    this.columns = columns;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    if (done) {
      return null;
    }
    done = true;
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (List<@Nullable Object[]> batch = input.next(); batch != null; batch = input.next()) {
      rows.addAll(batch);
      if (rows.size() > 1) {
        throw new MeridianException(
            ErrorCode.CARDINALITY_VIOLATION,
            "more than one row returned by a subquery used as an expression");
      }
    }
    if (rows.isEmpty()) {
      rows.add(new Object[columns]);
    }
    return rows;
  }

  @Override
  public void close() {
    input.close();
  }
}
