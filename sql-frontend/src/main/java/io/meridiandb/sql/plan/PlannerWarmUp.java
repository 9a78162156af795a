package io.meridiandb.sql.plan;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.TableBuilder;
import io.meridiandb.sql.parser.SqlLexer;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.parser.StatementParser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Plans representative statements over made-up tables: the first plan of a process costs a second
 * of class loading, which no client should wait for.
 */
public final class PlannerWarmUp {
  private static final int ROUNDS = 3;

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE p (k TEXT PRIMARY KEY, n TEXT NOT NULL, a INT, d NUMERIC(10,2), t TIMESTAMPTZ)",
          "CREATE TABLE c (k TEXT, i BIGINT, n TEXT, v BIGINT, PRIMARY KEY (k, i))"
              + " INTERLEAVE IN PARENT p");

  private static final List<String> STATEMENTS =
      List.of(
          "SELECT 1",
          "SELECT * FROM p WHERE k = $1",
          "SELECT n, a + 1 FROM p WHERE a BETWEEN $1 AND $2 AND n LIKE 'x%' ORDER BY n LIMIT 10",
          "SELECT p.n, count(*), sum(c.v) FROM p JOIN c ON c.k = p.k GROUP BY p.n ORDER BY 3 DESC"
              + " LIMIT 5",
          "SELECT max(v), avg(v) FROM c WHERE k IN ('a', 'b')",
          "SELECT * FROM p WHERE EXISTS (SELECT 1 FROM c WHERE c.k = p.k AND v > 3)",
          "SELECT a FROM p UNION SELECT i FROM c",
          "INSERT INTO p (k, n, a) VALUES ($1, $2, 3)",
          "INSERT INTO c SELECT k, a, n, a FROM p",
          "UPDATE p SET a = a + 1, n = upper(n) WHERE k = $1",
          "DELETE FROM c WHERE k = $1 AND i = 5");

  /** What is warmed, classes and their code, belongs to the process. */
  private static final AtomicBoolean begun = new AtomicBoolean();

  private PlannerWarmUp() {}

  /** Plans everything a few times; once in a process, whoever of its servers asks first. */
  public static void run() {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    Catalog catalog = Catalog.of(SchemaVersion.INITIAL, List.of());
    for (String sql : TABLES) {
      Statement.CreateTable create = (Statement.CreateTable) StatementParser.parse(sql);
      List<TableDescriptor> tables = new ArrayList<>(catalog.tables());
      tables.add(
          TableBuilder.build(
              create,
              tables.size() + 1L,
              new TableBuilder.Surroundings(
                  catalog, List.of(), (value, type) -> new Expr.Literal(null, type))));
      catalog = Catalog.of(SchemaVersion.INITIAL, tables);
    }
    StatementPlanner planner = new StatementPlanner(catalog);
    for (int round = 0; round < ROUNDS; round++) {
      for (String sql : STATEMENTS) {
        int parameters = PlanCache.countParameters(sql, SqlLexer.tokens(sql));
        List<@Nullable SqlType> open = new ArrayList<>();
        planner.plan(sql, StatementParser.parse(sql), parameters, open);
      }
    }
  }
}
