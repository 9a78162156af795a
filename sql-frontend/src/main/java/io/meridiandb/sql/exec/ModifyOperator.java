package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An INSERT, UPDATE or DELETE. All input is read before anything is written, so that a statement
 * never meets rows of its own (the Halloween problem).
 */
abstract class ModifyOperator implements Operator {
  private final Operator input;
  private final List<Evaluator> returning;
  private final List<@Nullable Object[]> returned = new ArrayList<>();
  protected final QueryContext context;
  private long count = -1;
  private @Nullable Operator result;

  ModifyOperator(Operator input, List<Expr> returning, QueryContext context) {
    this.input = input;
    this.returning = context.compileAll(returning);
    this.context = context;
  }

  @Override
  public final @Nullable List<@Nullable Object[]> next() {
    Operator rows = result;
    if (rows == null) {
      KeptRows kept = KeptRows.of(input, context);
      count = modify(kept.rows());
      kept.clear();
      rows = RowsOperators.kept(() -> returned, context);
      result = rows;
    }
    return rows.next();
  }

  /** Writes, given all of the input; returns how many rows were written. */
  abstract long modify(List<@Nullable Object[]> rows);

  /** Notes what RETURNING gives for a row of the table. */
  final void giveBack(@Nullable Object[] row) {
    if (!returning.isEmpty()) {
      @Nullable Object[] values = ProjectOperator.evaluate(returning, row);
      context.memory().reserve(MemoryAccount.bytesOf(values));
      returned.add(values);
    }
  }

  @Override
  public final long updateCount() {
    return count;
  }

  @Override
  public final void close() {
    input.close();
  }
}
