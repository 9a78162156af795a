package io.meridiandb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.TableBuilder;
import io.meridiandb.sql.parser.SqlLexer;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.parser.StatementParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types of parameters: what the context demands, the client declares, PostgreSQL falls back to. */
class StatementPlannerTest {
  private static final StatementPlanner PLANNER = new StatementPlanner(catalog());

  private static Catalog catalog() {
    String sql =
        "CREATE TABLE t (id INT PRIMARY KEY, b BIGINT, c TEXT, d NUMERIC(10,2), e DOUBLE PRECISION,"
            + " f BOOLEAN, ts TIMESTAMPTZ, dt DATE, u UUID)";
    Statement.CreateTable create = (Statement.CreateTable) StatementParser.parse(sql);
    return Catalog.of(
        new SchemaVersion(1),
        List.of(
            TableBuilder.build(
                create,
                1_000,
                new TableBuilder.Surroundings(
                    Catalog.of(SchemaVersion.INITIAL, List.of()),
                    List.of(),
                    (value, type) -> new Expr.Literal(null, type)))));
  }

  private static PlannedStatement plan(String sql, SqlType... declared) {
    return PLANNER.plan(
        sql,
        StatementParser.parse(sql),
        PlanCache.countParameters(sql, SqlLexer.tokens(sql)),
        new ArrayList<>(Arrays.asList(declared)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM t WHERE id = ? | integer",
        "SELECT * FROM t WHERE b IN (?, ?) AND c LIKE ? | bigint, bigint, text",
        "SELECT * FROM t WHERE ts BETWEEN ? AND ? | timestamp with time zone, timestamp with time zone",
        "SELECT ? | text",
        "SELECT b + ?, upper(?) FROM t | bigint, text",
        "SELECT * FROM t LIMIT ? OFFSET ? | bigint, bigint",
        "SELECT * FROM t WHERE id = $2 AND c = $1 | text, integer",
        "INSERT INTO t (id, c, d, dt) VALUES (?, ?, ?, ?) | integer, text, numeric, date",
        "UPDATE t SET d = ?, u = ? WHERE f = ? | numeric, uuid, boolean",
        "SELECT CAST(? AS date), ?::int | date, integer",
        "DELETE FROM t WHERE e > ? | double precision",
      })
  void openParameters(String sql, String types) {
    assertThat(types(sql.strip())).isEqualTo(types.strip());
  }

  private static String types(String sql, SqlType... declared) {
    return plan(sql, declared).parameters().stream()
        .map(SqlType::sqlName)
        .collect(Collectors.joining(", "));
  }

  /** A declared number is widened to the context's type, never narrowed. */
  @Test
  void declaredParameters() {
    assertThat(types("SELECT * FROM t WHERE b = ?", SqlType.INTEGER)).isEqualTo("bigint");
    assertThat(types("SELECT * FROM t WHERE id = ?", SqlType.BIGINT)).isEqualTo("bigint");
    assertThat(types("SELECT * FROM t WHERE id = ?", SqlType.DOUBLE)).isEqualTo("double precision");
    assertThat(types("SELECT * FROM t WHERE id = ?", SqlType.TEXT)).isEqualTo("integer");
    assertThat(types("SELECT ? + ?", SqlType.BIGINT, SqlType.INTEGER)).isEqualTo("bigint, bigint");
    assertThat(types("SELECT * FROM t WHERE ts = ?", SqlType.TIMESTAMP))
        .isEqualTo("timestamp with time zone");
  }

  /** A BIGINT value still finds an INTEGER key as a point. */
  @Test
  void widerParameterStillBindsTheKey() {
    assertThat(PlanText.lines(plan("SELECT c FROM t WHERE id = ?", SqlType.BIGINT).plan()))
        .containsExactly("Get t [id = $1] output c");
  }

  /** The warm-up plans everything it means to. */
  @Test
  void warmUpRuns() {
    PlannerWarmUp.run();
  }
}
