package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ExprBinder;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one execution of a plan works with.
 *
 * @param transaction reads and writes go through it
 * @param schema the version of the catalog that the plan was made with
 * @param binder puts the parameters' values in
 * @param checkNow whether writes check their conditions at once; otherwise the commit does (right
 *     for a statement that is its own transaction: one round trip less)
 * @param resources memory, time and what else does not depend on the statement
 */
public record QueryContext(
    Transaction transaction,
    SchemaVersion schema,
    ExprBinder binder,
    boolean checkNow,
    Resources resources) {
  private static final @Nullable Object[] NO_TUPLE = {};

  /**
   * Memory, time and the like.
   *
   * @param guard cancel and deadline
   * @param memory what the query may keep
   * @param codecs of tables, kept by the session
   * @param views on the system
   * @param probe counts what operators do, for EXPLAIN ANALYZE; null for none
   */
  public record Resources(
      ExecutionGuard guard,
      MemoryAccount memory,
      TableCodecs codecs,
      SystemViews views,
      @Nullable Probe probe) {}

  /** An expression with its parameters bound, ready to be evaluated. */
  Evaluator compile(Expr expr) {
    return Evaluator.compile(binder.bind(expr));
  }

  /** As {@link #compile}, null for a missing expression. */
  @Nullable Evaluator compileNullable(@Nullable Expr expr) {
    return expr == null ? null : compile(expr);
  }

  /** As {@link #compile}, for each of several. */
  List<Evaluator> compileAll(List<Expr> exprs) {
    return exprs.stream().map(this::compile).toList();
  }

  /** The value of an expression without input columns. */
  @Nullable Object constant(Expr expr) {
    return switch (binder.bind(expr)) {
      case Expr.Literal literal -> literal.value();
      case Expr bound -> Evaluator.compile(bound).eval(NO_TUPLE);
    };
  }

  /**
   * The value of LIMIT or OFFSET.
   *
   * @param otherwise if the expression is missing or its value NULL
   * @throws MeridianException INVALID_LIMIT if it is negative
   */
  long count(@Nullable Expr expr, String what, long otherwise) {
    if (expr == null || !(constant(expr) instanceof Long count)) {
      return otherwise;
    }
    if (count < 0) {
      throw new MeridianException(ErrorCode.INVALID_LIMIT, what + " must not be negative");
    }
    return count;
  }

  /** Called between batches: ends a query that was cancelled. */
  void check() {
    resources.guard().check();
  }

  MemoryAccount memory() {
    return resources.memory();
  }
}
