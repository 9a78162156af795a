package io.meridiandb.sql.exec;

import static io.meridiandb.sql.exec.TestQueries.column;
import static io.meridiandb.sql.exec.TestQueries.columnOf;
import static io.meridiandb.sql.exec.TestQueries.planColumns;
import static io.meridiandb.sql.exec.TestQueries.scan;
import static io.meridiandb.sql.exec.TestQueries.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.JoinType;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.HashJoin;
import io.meridiandb.sql.plan.physical.PhysicalPlan.JoinKey;
import io.meridiandb.sql.plan.physical.PhysicalPlan.LookupJoin;
import io.meridiandb.sql.plan.physical.PhysicalPlan.NestedLoopJoin;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * All joins give what a comparison of every pair gives, for random inputs with NULLs and repeats.
 */
class JoinOperatorsTest {
  private static final SqlType[] TYPES = {SqlType.BIGINT, SqlType.BIGINT};
  private static final Expr LEFT_KEY = column(0, SqlType.BIGINT);
  private static final Expr RIGHT_KEY = column(0, SqlType.BIGINT);

  /** Over left and right columns: left.v <= right.v. */
  private static final Expr CONDITION =
      Exprs.predicate(ScalarFunction.LE, column(1, SqlType.BIGINT), column(3, SqlType.BIGINT));

  private final TableDescriptor table =
      new TableDescriptor(
          1_001,
          "t",
          List.of(columnOf(1, "k", SqlType.BIGINT, false), columnOf(2, "v", SqlType.BIGINT, false)),
          List.of(new KeyPart(0, false), new KeyPart(1, false)),
          null,
          false);
  private final TestQueries queries = new TestQueries();

  private static Object[][] rows(Random random, boolean nulls) {
    Object[][] rows = new Object[random.nextInt(12)][];
    for (int i = 0; i < rows.length; i++) {
      Long key = nulls && random.nextInt(5) == 0 ? null : (Long) (long) random.nextInt(5);
      rows[i] = new Object[] {key, (long) random.nextInt(4)};
    }
    return rows;
  }

  /** The join as it is defined. */
  private static List<String> expected(
      Object[][] left, Object[][] right, JoinType type, boolean condition, boolean nullsMatch) {
    List<String> out = new ArrayList<>();
    boolean[] rightMatched = new boolean[right.length];
    for (Object[] l : left) {
      boolean any = false;
      for (int i = 0; i < right.length; i++) {
        Object[] r = right[i];
        boolean equal = l[0] == null ? nullsMatch && r[0] == null : l[0].equals(r[0]);
        if (equal && (!condition || (Long) l[1] <= (Long) r[1])) {
          rightMatched[i] = true;
          any = true;
          if (!type.leftColumnsOnly()) {
            out.add(text(l) + "|" + text(r));
          }
        }
      }
      if (type == JoinType.SEMI ? any : type == JoinType.ANTI && !any) {
        out.add(text(l));
      } else if (type.keepsLeft() && !any) {
        out.add(text(l) + "|-|-");
      }
    }
    for (int i = 0; i < right.length; i++) {
      if (type.keepsRight() && !rightMatched[i]) {
        out.add("-|-|" + text(right[i]));
      }
    }
    Collections.sort(out);
    return out;
  }

  private static String text(Object[] row) {
    return (row[0] == null ? "-" : row[0]) + "|" + row[1];
  }

  private List<String> sorted(FakeTransaction transaction, PhysicalPlan plan) {
    List<String> rows = new ArrayList<>(queries.run(transaction, plan));
    assertThat(queries.pool.usedBytes()).as("memory held").isZero();
    Collections.sort(rows);
    return rows;
  }

  @Test
  void hashAndNestedLoopJoins() {
    Random random = new Random(1);
    FakeTransaction transaction = new FakeDatabase().begin();
    for (int i = 0; i < 1_000; i++) {
      Object[][] left = rows(random, true);
      Object[][] right = rows(random, true);
      PhysicalPlan leftPlan = values(TYPES, left);
      PhysicalPlan rightPlan = values(TYPES, right);
      JoinType type = JoinType.values()[random.nextInt(JoinType.values().length)];
      boolean conditional = random.nextBoolean();
      boolean nullsMatch = random.nextBoolean();
      List<String> expected = expected(left, right, type, conditional, nullsMatch);
      PhysicalPlan hash =
          new HashJoin(
              leftPlan,
              rightPlan,
              type,
              List.of(new JoinKey(LEFT_KEY, RIGHT_KEY, nullsMatch)),
              conditional ? CONDITION : null);
      assertThat(sorted(transaction, hash)).as("%s", type).isEqualTo(expected);
      Expr equal =
          Exprs.predicate(
              nullsMatch ? ScalarFunction.IS_NOT_DISTINCT_FROM : ScalarFunction.EQ,
              column(0, SqlType.BIGINT),
              column(2, SqlType.BIGINT));
      Expr condition = conditional ? Exprs.predicate(ScalarFunction.AND, equal, CONDITION) : equal;
      PhysicalPlan nested = new NestedLoopJoin(leftPlan, rightPlan, type, condition);
      assertThat(sorted(transaction, nested)).as("%s", type).isEqualTo(expected);
    }
  }

  @Test
  void aNestedLoopWithoutConditionIsTheProduct() {
    FakeTransaction transaction = new FakeDatabase().begin();
    PhysicalPlan two = values(TYPES, new Object[][] {{1L, 1L}, {2L, 2L}});
    assertThat(sorted(transaction, new NestedLoopJoin(two, two, JoinType.INNER, null))).hasSize(4);
    PhysicalPlan none = values(TYPES);
    assertThat(sorted(transaction, new NestedLoopJoin(two, none, JoinType.LEFT, null))).hasSize(2);
    assertThat(sorted(transaction, new NestedLoopJoin(none, two, JoinType.FULL, null))).hasSize(2);
  }

  @Test
  void lookupJoins() {
    Random random = new Random(2);
    for (int i = 0; i < 1_000; i++) {
      Object[][] left = rows(random, true);
      Object[][] right = distinct(rows(random, false));
      FakeDatabase database = new FakeDatabase().with(table, right);
      FakeTransaction transaction = database.begin();
      JoinType type =
          List.of(JoinType.INNER, JoinType.LEFT, JoinType.SEMI, JoinType.ANTI)
              .get(random.nextInt(4));
      boolean conditional = random.nextBoolean();
      PhysicalPlan plan =
          new LookupJoin(
              values(TYPES, left),
              type,
              List.of(LEFT_KEY),
              scan(table),
              conditional ? CONDITION : null);
      assertThat(sorted(transaction, plan))
          .as("%s", type)
          .isEqualTo(expected(left, right, type, conditional, false));
      assertThat(transaction.reads.size()).as("one read for all left rows").isLessThan(2);
    }
  }

  private static Object[][] distinct(Object[][] rows) {
    List<Object[]> distinct = new ArrayList<>();
    for (Object[] row : rows) {
      if (distinct.stream().noneMatch(other -> text(other).equals(text(row)))) {
        distinct.add(row);
      }
    }
    return distinct.toArray(Object[][]::new);
  }

  @Test
  void aLookupByTheWholeKeyReadsPointsAndFiltersThere() {
    FakeDatabase database =
        new FakeDatabase().with(table, new Object[][] {{1L, 1L}, {1L, 2L}, {2L, 2L}});
    FakeTransaction transaction = database.begin();
    Expr even =
        Exprs.equal(
            Exprs.call(ScalarFunction.MOD, SqlType.BIGINT, column(table, 1), TestQueries.lit(2)),
            TestQueries.lit(0));
    PhysicalPlan.TableScan right =
        new PhysicalPlan.TableScan(
            table,
            List.of(KeyRangeSpec.ALL),
            even,
            List.of(column(table, 1)),
            null,
            ScanOptions.NONE,
            planColumns(table).subList(1, 2));
    PhysicalPlan plan =
        new LookupJoin(
            values(TYPES, new Object[][] {{1L, 1L}, {1L, 2L}, {2L, 2L}, {3L, 3L}}),
            JoinType.LEFT,
            List.of(column(0, SqlType.BIGINT), column(1, SqlType.BIGINT)),
            right,
            null);
    assertThat(queries.run(transaction, plan)).containsExactly("1|1|-", "1|2|2", "2|2|2", "3|3|-");
    assertThat(transaction.reads.getFirst().ranges()).allMatch(range -> range.isPoint());
  }
}
