package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.sql.plan.physical.PhysicalPlan.SystemScan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.Values;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Operators over rows that are there already. */
final class RowsOperators {
  private static final @Nullable Object[] NO_TUPLE = {};

  private RowsOperators() {}

  /** Rows of expressions; an expression is evaluated when its row is asked for. */
  static Operator values(Values plan, QueryContext context) {
    return new RowsOperator(
        () -> plan.rows().stream().map(row -> evaluate(row, context)).iterator(), context);
  }

  private static @Nullable Object[] evaluate(List<Expr> row, QueryContext context) {
    @Nullable Object[] tuple = new Object[row.size()];
    for (int i = 0; i < tuple.length; i++) {
      Evaluator evaluator = context.compile(row.get(i));
      tuple[i] = evaluator.eval(NO_TUPLE);
    }
    return tuple;
  }

  /** Rows of a view on the system. */
  static Operator system(SystemScan plan, QueryContext context) {
    return new RowsOperator(
        () -> context.resources().views().rows(plan.schema(), plan.view()).iterator(), context);
  }

  /** Rows that another operator has kept. */
  static Operator kept(
      Supplier<? extends Iterable<@Nullable Object[]>> rows, QueryContext context) {
    return new RowsOperator(() -> rows.get().iterator(), context);
  }

  private static final class RowsOperator implements Operator {
    private final Supplier<Iterator<@Nullable Object[]>> source;
    private final QueryContext context;
    private @Nullable Iterator<@Nullable Object[]> rows;

    RowsOperator(Supplier<Iterator<@Nullable Object[]>> source, QueryContext context) {
      this.source = source;
      this.context = context;
    }

    @Override
    public @Nullable List<@Nullable Object[]> next() {
      context.check();
      Iterator<@Nullable Object[]> iterator = rows;
      if (iterator == null) {
        iterator = source.get();
        rows = iterator;
      }
      List<@Nullable Object[]> batch = new ArrayList<>();
      while (batch.size() < BATCH_ROWS && iterator.hasNext()) {
        batch.add(iterator.next());
      }
      return batch.isEmpty() ? null : batch;
    }

    @Override
    public void close() {
      // Nothing is held but memory.
    }
  }
}
