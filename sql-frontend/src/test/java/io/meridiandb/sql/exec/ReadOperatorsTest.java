package io.meridiandb.sql.exec;

import static io.meridiandb.sql.exec.TestQueries.column;
import static io.meridiandb.sql.exec.TestQueries.columnOf;
import static io.meridiandb.sql.exec.TestQueries.lit;
import static io.meridiandb.sql.exec.TestQueries.scan;
import static io.meridiandb.sql.exec.TestQueries.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.scan.AggregateCall;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.JoinType;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.KeyRangeSpec.BoundSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.AggregatePhase;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.sql.plan.physical.SortKey;
import io.meridiandb.txn.LockMode;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Operators that read: key ranges, joins, grouping, order, limits, memory and cancel. */
class ReadOperatorsTest {
  private static final SqlType[] NUMBER = {SqlType.BIGINT};
  private static final SqlType[] PAIR = {SqlType.BIGINT, SqlType.TEXT};

  private final TableDescriptor users =
      new TableDescriptor(
          1_001,
          "users",
          List.of(
              columnOf(1, "region", SqlType.TEXT, false),
              columnOf(2, "id", SqlType.BIGINT, false),
              columnOf(3, "name", SqlType.TEXT, true)),
          List.of(new KeyPart(0, false), new KeyPart(1, true)),
          null,
          false);
  private final FakeDatabase database =
      new FakeDatabase()
          .with(
              users,
              new Object[][] {
                {"eu", 1L, "ann"},
                {"eu", 2L, "bob"},
                {"eu", 3L, null},
                {"us", 1L, "cid"},
                {"us", 5L, "dee"},
                {"ap", 9L, "eve"}
              });
  private final FakeTransaction transaction = database.begin();
  private final TestQueries queries = new TestQueries();

  private List<String> run(PhysicalPlan plan, Object... parameters) {
    List<String> rows = queries.run(transaction, plan, parameters);
    assertThat(transaction.openCursors).as("open cursors").isZero();
    assertThat(queries.pool.usedBytes()).as("memory held").isZero();
    return rows;
  }

  private static void fails(ThrowingCallable code, ErrorCode wanted) {
    assertThatThrownBy(code)
        .isInstanceOfSatisfying(
            MeridianException.class, e -> assertThat(e.code()).isEqualTo(wanted));
  }

  // Scans

  @Test
  void rowsComeInKeyOrderAndTheSecondPartFalls() {
    assertThat(run(scan(users)))
        .containsExactly("ap|9|eve", "eu|3|-", "eu|2|bob", "eu|1|ann", "us|5|dee", "us|1|cid");
    assertThat(run(scan(users, new ScanOptions(lit(2), true, false, null))))
        .containsExactly("us|1|cid", "us|5|dee");
    assertThat(transaction.reads).allMatch(read -> read.lock() == LockMode.SHARED);
  }

  @Test
  void rangesAreComputedFromParametersAndMerged() {
    Expr parameter = new Expr.Parameter(0, SqlType.TEXT);
    KeyRangeSpec eu = KeyRangeSpec.prefix(List.of(parameter));
    KeyRangeSpec point = KeyRangeSpec.prefix(List.of(lit("eu"), lit(2)));
    KeyRangeSpec us = KeyRangeSpec.prefix(List.of(lit("us"), lit(1)));
    assertThat(run(scan(users, us, point, eu, us), "eu"))
        .containsExactly("eu|3|-", "eu|2|bob", "eu|1|ann", "us|1|cid");
    assertThat(transaction.reads.getFirst().ranges()).hasSize(2);
    KeyRangeSpec bounded =
        new KeyRangeSpec(
            List.of(parameter), new BoundSpec(lit(2), true), new BoundSpec(lit(3), false));
    assertThat(run(scan(users, bounded), "eu")).containsExactly("eu|2|bob");
    assertThat(run(scan(users, eu), new Object[] {null})).isEmpty();
    assertThat(transaction.reads).as("a NULL reads nothing").hasSize(2);
    PhysicalPlan reverse = scan(users, new ScanOptions(null, true, true, null), us, eu);
    assertThat(run(reverse, "eu")).containsExactly("us|1|cid", "eu|1|ann", "eu|2|bob", "eu|3|-");
    assertThat(transaction.reads.getLast().lock()).isEqualTo(LockMode.EXCLUSIVE);
    FakeTransaction readOnly = database.beginReadOnly();
    queries.run(readOnly, reverse, "eu");
    assertThat(readOnly.reads.getFirst().lock()).isEqualTo(LockMode.NONE);
  }

  @Test
  void systemViewsAreSuppliedByTheContext() {
    PhysicalPlan plan =
        new PhysicalPlan.SystemScan(
            "meridian_sys",
            "groups",
            List.of(PlanColumn.of("a", SqlType.TEXT), PlanColumn.of("b", SqlType.TEXT)));
    assertThat(run(plan)).containsExactly("meridian_sys|groups");
  }

  // Order and limits

  private static PhysicalPlan pairs() {
    return values(
        PAIR, new Object[][] {{2L, "b"}, {1L, "x"}, {null, "n"}, {2L, "a"}, {1L, "y"}, {3L, null}});
  }

  @Test
  void sortingIsStableAndPlacesNulls() {
    assertThat(run(new PhysicalPlan.Sort(pairs(), List.of(SortKey.ascending(0)))))
        .containsExactly("1|x", "1|y", "2|b", "2|a", "3|-", "-|n");
    assertThat(
            run(
                new PhysicalPlan.Sort(
                    pairs(), List.of(SortKey.descending(0), SortKey.ascending(1)))))
        .containsExactly("-|n", "3|-", "2|a", "2|b", "1|x", "1|y");
    assertThat(run(new PhysicalPlan.Sort(pairs(), List.of(new SortKey(1, false, true)))))
        .startsWith("3|-", "2|a");
  }

  @Test
  void topNIsSortAndLimit() {
    for (long limit = 0; limit < 8; limit++) {
      for (long offset = 0; offset < 8; offset++) {
        List<SortKey> keys = List.of(SortKey.ascending(0));
        PhysicalPlan top = new PhysicalPlan.TopN(pairs(), keys, lit(limit), lit(offset));
        PhysicalPlan sorted =
            new PhysicalPlan.Limit(new PhysicalPlan.Sort(pairs(), keys), lit(limit), lit(offset));
        assertThat(run(top)).isEqualTo(run(sorted)).hasSize((int) Math.clamp(6 - offset, 0, limit));
      }
    }
  }

  @Test
  void limitsMustNotBeNegative() {
    Expr parameter = new Expr.Parameter(0, SqlType.BIGINT);
    PhysicalPlan plan = new PhysicalPlan.Limit(pairs(), parameter, null);
    assertThat(run(plan, 1L)).hasSize(1);
    assertThat(run(plan, new Object[] {null})).hasSize(6);
    fails(() -> run(plan, -1L), ErrorCode.INVALID_LIMIT);
  }

  // Grouping

  private static AggregateCall call(AggregateCall.Function function, Expr argument, SqlType type) {
    return new AggregateCall(function, argument, false, type);
  }

  @Test
  void groupsAreCounted() {
    List<PlanColumn> columns =
        List.of(
            PlanColumn.of("k", SqlType.BIGINT),
            PlanColumn.of("n", SqlType.BIGINT),
            PlanColumn.of("m", SqlType.TEXT));
    List<AggregateCall> calls =
        List.of(
            call(AggregateCall.Function.COUNT, null, SqlType.BIGINT),
            call(AggregateCall.Function.MAX, column(1, SqlType.TEXT), SqlType.TEXT));
    assertThat(
            run(
                new PhysicalPlan.Aggregate(
                    pairs(), List.of(0), calls, AggregatePhase.FULL, columns)))
        .containsExactly("2|2|b", "1|2|y", "-|1|n", "3|1|-");
    PhysicalPlan nothing = values(PAIR);
    assertThat(
            run(
                new PhysicalPlan.Aggregate(
                    nothing, List.of(), calls, AggregatePhase.FULL, columns.subList(1, 3))))
        .containsExactly("0|-");
    assertThat(
            run(
                new PhysicalPlan.Aggregate(
                    nothing, List.of(0), calls, AggregatePhase.FULL, columns)))
        .isEmpty();
  }

  @Test
  void tabletsAggregateInPartsWhichAreFinishedHere() {
    List<AggregateCall> calls =
        List.of(
            call(AggregateCall.Function.COUNT, column(users, 2), SqlType.BIGINT),
            call(AggregateCall.Function.SUM, column(users, 1), SqlType.NUMERIC));
    List<PlanColumn> columns =
        List.of(
            PlanColumn.of("region", SqlType.TEXT),
            PlanColumn.of("names", SqlType.BIGINT),
            PlanColumn.of("sum", SqlType.NUMERIC));
    PhysicalPlan partial =
        new PhysicalPlan.TableScan(
            users,
            List.of(KeyRangeSpec.ALL),
            null,
            List.of(column(users, 0)),
            calls,
            ScanOptions.NONE,
            columns);
    PhysicalPlan twice = new PhysicalPlan.Union(List.of(partial, partial));
    assertThat(
            run(
                new PhysicalPlan.Aggregate(
                    twice, List.of(0), calls, AggregatePhase.FINAL, columns)))
        .containsExactly("ap|2|18", "eu|4|12", "us|4|12");
  }

  @Test
  void setOperationsTreatNullsAsEqual() {
    PhysicalPlan left = values(NUMBER, new Object[][] {{1L}, {1L}, {null}, {2L}, {null}, {3L}});
    PhysicalPlan right = values(NUMBER, new Object[][] {{1L}, {null}, {4L}, {3L}, {3L}});
    assertThat(run(new PhysicalPlan.Distinct(left))).containsExactly("1", "-", "2", "3");
    assertThat(run(new PhysicalPlan.SetOperation(left, right, false, false)))
        .containsExactly("1", "-", "3");
    assertThat(run(new PhysicalPlan.SetOperation(left, right, false, true)))
        .containsExactly("1", "-", "3");
    assertThat(run(new PhysicalPlan.SetOperation(left, right, true, false))).containsExactly("2");
    assertThat(run(new PhysicalPlan.SetOperation(left, right, true, true)))
        .containsExactly("1", "2", "-");
    assertThat(run(new PhysicalPlan.Union(List.of(left, right)))).hasSize(11);
  }

  @Test
  void aScalarSubqueryHasOneRow() {
    assertThat(run(new PhysicalPlan.SingleRow(values(NUMBER)))).containsExactly("-");
    assertThat(run(new PhysicalPlan.SingleRow(values(NUMBER, new Object[][] {{7L}}))))
        .containsExactly("7");
    fails(
        () -> run(new PhysicalPlan.SingleRow(values(NUMBER, new Object[][] {{7L}, {8L}}))),
        ErrorCode.CARDINALITY_VIOLATION);
  }

  @Test
  void filtersAndProjectionsCompute() {
    Expr id = column(0, SqlType.BIGINT);
    PhysicalPlan filtered =
        new PhysicalPlan.Filter(
            pairs(), Exprs.predicate(ScalarFunction.GT, id, new Expr.Parameter(0, SqlType.BIGINT)));
    PhysicalPlan plan =
        new PhysicalPlan.Project(
            filtered,
            List.of(Exprs.call(ScalarFunction.MULTIPLY, SqlType.BIGINT, id, lit(10))),
            List.of(PlanColumn.of("x", SqlType.BIGINT)));
    assertThat(run(plan, 1L)).containsExactly("20", "20", "30");
  }

  // Limits on resources

  @Test
  void memoryIsBounded() {
    queries.memoryBytes = 2_000;
    Object[][] rows = new Object[1_000][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new Object[] {(long) i};
    }
    PhysicalPlan many = values(NUMBER, rows);
    PhysicalPlan sort = new PhysicalPlan.Sort(many, List.of(SortKey.ascending(0)));
    PhysicalPlan join = new PhysicalPlan.NestedLoopJoin(many, many, JoinType.INNER, null);
    List<PlanColumn> one = List.of(PlanColumn.of("k", SqlType.BIGINT));
    PhysicalPlan group =
        new PhysicalPlan.Aggregate(many, List.of(0), List.of(), AggregatePhase.FULL, one);
    for (PhysicalPlan plan : List.of(sort, join, group, new PhysicalPlan.Distinct(many))) {
      fails(() -> run(plan), ErrorCode.OUT_OF_MEMORY);
      assertThat(queries.pool.usedBytes()).as("memory held").isZero();
    }
    PhysicalPlan top = new PhysicalPlan.TopN(many, List.of(SortKey.descending(0)), lit(2), null);
    assertThat(run(top)).containsExactly("999", "998");
  }

  @Test
  void aQueryEndsWhenItIsCancelledOrTooLate() {
    queries.clocks.nanos = 10_000_000_001L;
    fails(() -> run(scan(users)), ErrorCode.QUERY_CANCELED);
    queries.clocks.nanos = 0;
    queries.guard.cancel();
    fails(() -> run(scan(users)), ErrorCode.QUERY_CANCELED);
  }
}
