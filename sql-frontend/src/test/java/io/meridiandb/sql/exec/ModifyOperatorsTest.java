package io.meridiandb.sql.exec;

import static io.meridiandb.sql.exec.TestQueries.allColumns;
import static io.meridiandb.sql.exec.TestQueries.column;
import static io.meridiandb.sql.exec.TestQueries.columnOf;
import static io.meridiandb.sql.exec.TestQueries.lit;
import static io.meridiandb.sql.exec.TestQueries.planColumns;
import static io.meridiandb.sql.exec.TestQueries.scan;
import static io.meridiandb.sql.exec.TestQueries.text;
import static io.meridiandb.sql.exec.TestQueries.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.ChildTable;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ConflictAction;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.ConditionFailedException;
import io.meridiandb.txn.gateway.SchemaChangedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** INSERT, UPDATE and DELETE: constraints, interleaved tables, PostgreSQL's errors. */
class ModifyOperatorsTest {
  private static final SqlType[] ACCOUNT_TYPES = {SqlType.BIGINT, SqlType.TEXT, SqlType.NUMERIC};
  private static final SqlType[] ORDER_TYPES = {SqlType.BIGINT, SqlType.BIGINT};

  private final TableDescriptor accounts =
      new TableDescriptor(
          1_001,
          "accounts",
          List.of(
              columnOf(1, "id", SqlType.BIGINT, false),
              columnOf(2, "owner", SqlType.varchar(3), false),
              columnOf(3, "amount", SqlType.numeric(5, 2), true)),
          List.of(new KeyPart(0, false)),
          null,
          false);
  private final TableDescriptor orders = child(1_002, "orders", accounts, true);
  private final TableDescriptor notes = child(1_003, "notes", accounts, false);
  private final TableDescriptor lines =
      new TableDescriptor(
          1_004,
          "lines",
          List.of(
              columnOf(1, "id", SqlType.BIGINT, false),
              columnOf(2, "n", SqlType.BIGINT, false),
              columnOf(3, "line", SqlType.BIGINT, false)),
          List.of(new KeyPart(0, false), new KeyPart(1, true), new KeyPart(2, false)),
          orders,
          true);
  private final List<ChildTable> children =
      List.of(
          new ChildTable(orders, List.of(new ChildTable(lines, List.of()))),
          new ChildTable(notes, List.of()));
  private final FakeDatabase database =
      new FakeDatabase()
          .with(
              accounts,
              new Object[][] {
                {1L, "ann", new BigDecimal("10.00")},
                {2L, "bob", new BigDecimal("20.00")},
                {3L, "cid", null}
              });
  private final FakeTransaction transaction = database.begin();
  private final TestQueries queries = new TestQueries();

  private static TableDescriptor child(
      long id, String name, TableDescriptor parent, boolean cascade) {
    return new TableDescriptor(
        id,
        name,
        List.of(columnOf(1, "id", SqlType.BIGINT, false), columnOf(2, "n", SqlType.BIGINT, false)),
        List.of(new KeyPart(0, false), new KeyPart(1, true)),
        parent,
        cascade);
  }

  private List<String> run(PhysicalPlan plan, Object... parameters) {
    List<String> rows = queries.run(transaction, plan, parameters);
    assertThat(queries.pool.usedBytes()).as("memory held").isZero();
    return rows;
  }

  private List<String> committed(TableDescriptor table) {
    transaction.commit(SchemaVersion.INITIAL);
    return database.rows(table).stream().map(row -> text(row, planColumns(table))).toList();
  }

  private static void fails(ThrowingCallable code, ErrorCode wanted, String message) {
    assertThatThrownBy(code)
        .isInstanceOfSatisfying(
            MeridianException.class, e -> assertThat(e.code()).isEqualTo(wanted))
        .hasMessage(message);
  }

  private PhysicalPlan insert(ConflictAction onConflict, Object[]... rows) {
    return new PhysicalPlan.Insert(
        accounts, values(ACCOUNT_TYPES, rows), onConflict, List.of(), List.of());
  }

  private static PhysicalPlan insertInto(TableDescriptor table, Object[]... rows) {
    return new PhysicalPlan.Insert(
        table, values(ORDER_TYPES, rows), ConflictAction.ERROR, List.of(), List.of());
  }

  private PhysicalPlan update(int assigned, Expr value, Expr... returning) {
    List<Expr> output = new ArrayList<>(allColumns(accounts));
    output.add(value);
    PhysicalPlan input =
        new PhysicalPlan.Project(
            scan(accounts, ScanOptions.FOR_UPDATE),
            output,
            output.stream().map(expr -> PlanColumn.of("c", expr.type())).toList());
    return new PhysicalPlan.Update(
        accounts,
        input,
        List.of(assigned),
        children,
        List.of(returning),
        returning.length == 0 ? List.of() : planColumns(accounts).subList(0, returning.length));
  }

  private PhysicalPlan delete(TableDescriptor table, List<ChildTable> under, long id) {
    PhysicalPlan input = scan(table, ScanOptions.FOR_UPDATE, KeyRangeSpec.prefix(List.of(lit(id))));
    return new PhysicalPlan.Delete(table, input, under, List.of(), List.of());
  }

  // INSERT

  @Test
  void insertRoundsAndReturns() {
    PhysicalPlan plan =
        new PhysicalPlan.Insert(
            accounts,
            values(
                ACCOUNT_TYPES,
                new Object[][] {{4L, "d  ", new BigDecimal("1.005")}, {5L, "abc  ", null}}),
            ConflictAction.ERROR,
            allColumns(accounts),
            planColumns(accounts));
    assertThat(run(plan)).containsExactly("4|d  |1.01", "5|abc|-");
    assertThat(queries.updateCount).isEqualTo(2);
    assertThat(committed(accounts)).hasSize(5).contains("4|d  |1.01");
  }

  @Test
  void valuesMustFitTheirColumns() {
    fails(
        () -> run(insert(ConflictAction.ERROR, new Object[] {4L, null, null})),
        ErrorCode.NOT_NULL_VIOLATION,
        "null value in column \"owner\" of relation \"accounts\" violates not-null constraint");
    fails(
        () -> run(insert(ConflictAction.ERROR, new Object[] {null, "x", null})),
        ErrorCode.NOT_NULL_VIOLATION,
        "null value in column \"id\" of relation \"accounts\" violates not-null constraint");
    fails(
        () -> run(insert(ConflictAction.ERROR, new Object[] {4L, "abcd", null})),
        ErrorCode.STRING_TOO_LONG,
        "value too long for type character varying(3)");
    assertThatThrownBy(
            () -> run(insert(ConflictAction.ERROR, new Object[] {4L, "x", new BigDecimal("1000")})))
        .hasMessageContaining("numeric field overflow");
  }

  @Test
  void aDuplicateKeyIsNamed() {
    String message =
        "duplicate key value violates unique constraint \"accounts_pkey\": Key (id)=(2) already exists.";
    fails(
        () -> run(insert(ConflictAction.ERROR, new Object[] {2L, "x", null})),
        ErrorCode.UNIQUE_VIOLATION,
        message);
    // Found by the commit only, the session translates it.
    queries.checkNow = false;
    run(insert(ConflictAction.ERROR, new Object[] {2L, "x", null}));
    assertThatThrownBy(() -> transaction.commit(SchemaVersion.INITIAL))
        .isInstanceOfSatisfying(
            ConditionFailedException.class,
            e ->
                assertThat(ConstraintErrors.translate(e, List.of(orders, accounts)))
                    .hasMessage(message));
  }

  @Test
  void conflictsAreLeftOrWrittenOver() {
    Object[][] rows = {{2L, "new", null}, {4L, "d", null}, {4L, "e", null}};
    run(insert(ConflictAction.NOTHING, rows));
    assertThat(queries.updateCount).isEqualTo(1);
    run(insert(ConflictAction.REPLACE, new Object[] {3L, "upd", null}));
    assertThat(committed(accounts))
        .containsExactly("1|ann|10.00", "2|bob|20.00", "3|upd|-", "4|d|-");
  }

  @Test
  void aReadOnlyTransactionDoesNotWrite() {
    fails(
        () -> queries.run(database.beginReadOnly(), insert(ConflictAction.ERROR)),
        ErrorCode.READ_ONLY_TRANSACTION,
        "cannot execute INSERT in a read-only transaction");
  }

  @Test
  void aChildNeedsItsParent() {
    run(insertInto(orders, new Object[][] {{1L, 7L}, {1L, 8L}}));
    fails(
        () -> run(insertInto(orders, new Object[][] {{1L, 9L}, {99L, 1L}})),
        ErrorCode.FOREIGN_KEY_VIOLATION,
        "insert or update on table \"orders\" violates foreign key constraint \"orders_accounts_fkey\":"
            + " Key (id)=(99) is not present in table \"accounts\".");
  }

  @Test
  void insertFromTheSameTableEnds() {
    List<Expr> output =
        List.of(
            Exprs.call(ScalarFunction.ADD, SqlType.BIGINT, column(accounts, 0), lit(100)),
            column(accounts, 1),
            column(accounts, 2));
    PhysicalPlan input = new PhysicalPlan.Project(scan(accounts), output, planColumns(accounts));
    run(new PhysicalPlan.Insert(accounts, input, ConflictAction.ERROR, List.of(), List.of()));
    assertThat(queries.updateCount).isEqualTo(3);
    assertThat(committed(accounts)).hasSize(6);
  }

  // UPDATE

  @Test
  void updateKeepsTheOtherColumns() {
    Expr more =
        Exprs.call(
            ScalarFunction.ADD,
            SqlType.NUMERIC,
            column(accounts, 2),
            new Expr.Parameter(0, SqlType.NUMERIC));
    assertThat(run(update(2, more, column(accounts, 0)), new BigDecimal("0.5")))
        .containsExactly("1", "2", "3");
    assertThat(transaction.reads).allMatch(read -> read.lock() == LockMode.EXCLUSIVE);
    assertThat(committed(accounts)).containsExactly("1|ann|10.50", "2|bob|20.50", "3|cid|-");
  }

  @Test
  void keysMayChangePlaces() {
    Expr next = Exprs.call(ScalarFunction.ADD, SqlType.BIGINT, column(accounts, 0), lit(1));
    run(update(0, next));
    assertThat(committed(accounts)).containsExactly("2|ann|10.00", "3|bob|20.00", "4|cid|-");
  }

  @Test
  void aKeyDoesNotChangeWhileRowsHangOnIt() {
    run(insertInto(orders, new Object[] {2L, 1L}));
    Expr next = Exprs.call(ScalarFunction.ADD, SqlType.BIGINT, column(accounts, 0), lit(10));
    fails(
        () -> run(update(0, next)),
        ErrorCode.FOREIGN_KEY_VIOLATION,
        "update or delete on table \"accounts\" violates foreign key constraint \"orders_accounts_fkey\""
            + " on table \"orders\": Key (id)=(2) is still referenced from table \"orders\".");
  }

  @Test
  void aKeyMustStayUnique() {
    fails(
        () -> run(update(0, lit(7))),
        ErrorCode.UNIQUE_VIOLATION,
        "duplicate key value violates unique constraint \"accounts_pkey\": Key (id)=(7) already exists.");
  }

  // DELETE

  @Test
  void deleteTakesInterleavedRowsAlong() {
    run(insertInto(orders, new Object[][] {{1L, 7L}, {1L, 8L}, {2L, 1L}}));
    PhysicalPlan.Values threeLines =
        values(
            new SqlType[] {SqlType.BIGINT, SqlType.BIGINT, SqlType.BIGINT},
            new Object[][] {{1L, 7L, 1L}, {1L, 7L, 2L}, {2L, 1L, 1L}});
    run(new PhysicalPlan.Insert(lines, threeLines, ConflictAction.ERROR, List.of(), List.of()));
    run(delete(accounts, children, 1));
    assertThat(queries.updateCount).isEqualTo(1);
    assertThat(committed(accounts)).containsExactly("2|bob|20.00", "3|cid|-");
    assertThat(committed(orders)).containsExactly("2|1");
    assertThat(committed(lines)).containsExactly("2|1|1");
  }

  @Test
  void deleteIsRefusedWithoutCascade() {
    run(insertInto(notes, new Object[] {1L, 7L}));
    fails(
        () -> run(delete(accounts, children, 1)),
        ErrorCode.FOREIGN_KEY_VIOLATION,
        "update or delete on table \"accounts\" violates foreign key constraint \"notes_accounts_fkey\""
            + " on table \"notes\": Key (id)=(1) is still referenced from table \"notes\".");
    run(delete(notes, List.of(), 1));
    run(delete(accounts, children, 1));
    assertThat(committed(accounts)).hasSize(2);
  }

  @Test
  void aNewerSchemaIsTheSessionsBusiness() {
    database.schema(new SchemaVersion(5));
    assertThatThrownBy(() -> run(delete(accounts, children, 1)))
        .isInstanceOfSatisfying(
            SchemaChangedException.class,
            e -> assertThat(e.current()).isEqualTo(new SchemaVersion(5)));
  }
}
