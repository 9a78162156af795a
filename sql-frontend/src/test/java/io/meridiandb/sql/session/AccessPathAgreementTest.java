package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The same rows under four different primary keys: whatever key ranges, lookups, key orders and
 * joins the planner chooses for one of them, the answers must be those of the others.
 */
class AccessPathAgreementTest {
  private static final int QUERIES = 400;
  private static final int ROWS = 60;
  private static final String[] KEYS = {"id", "a, id", "b DESC, a, id", "c, b, id DESC"};

  private final Random random = new Random(7);

  @Test
  void everyKeyGivesTheSameRows() {
    try (TestServer server = new TestServer()) {
      TestClient client = server.client();
      fill(client);
      for (int i = 0; i < QUERIES; i++) {
        String query = query();
        List<String> expected = null;
        for (int k = 0; k < KEYS.length; k++) {
          String sql = query.replace("$T", "t" + k).replace("$U", "t" + (k + 1) % KEYS.length);
          List<String> answer = answer(client, sql);
          if (expected == null) {
            expected = answer;
          }
          assertThat(answer).as(sql).isEqualTo(expected);
        }
      }
      assertThat(server.failures).isEmpty();
    }
  }

  /** Interleaved tables are joined and summed in other ways than tables of their own. */
  @Test
  void interleavingGivesTheSameRows() {
    try (TestServer server = new TestServer()) {
      TestClient client = server.client();
      for (String end : List.of(" INTERLEAVE IN PARENT p0", "")) {
        String n = end.isEmpty() ? "1" : "0";
        client.execute("CREATE TABLE p" + n + " (k INT PRIMARY KEY, x TEXT, y INT)");
        client.execute("CREATE TABLE c" + n + " (k INT, i INT, z INT, PRIMARY KEY (k, i))" + end);
      }
      for (int k = 0; k < 12; k++) {
        for (String n : List.of("0", "1")) {
          client.execute("INSERT INTO p%s VALUES (%d, 'x%d', %d)".formatted(n, k, k % 3, k % 4));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
          String z = random.nextInt(5) == 0 ? "NULL" : String.valueOf(random.nextInt(9));
          for (String n : List.of("0", "1")) {
            client.execute("INSERT INTO c%s VALUES (%d, %d, %s)".formatted(n, k, i, z));
          }
        }
      }
      for (int i = 0; i < 150; i++) {
        String sql = interleavedQuery();
        assertThat(answer(client, sql.replace("$", "0")))
            .as(sql)
            .isEqualTo(answer(client, sql.replace("$", "1")));
      }
    }
  }

  private String interleavedQuery() {
    String aggregates =
        List.of("count(*), sum(c.z)", "count(c.z), max(c.z), sum(p.y)", "avg(c.z), count(*)")
            .get(random.nextInt(3));
    String group = List.of("p.x", "p.x, c.z", "c.k", "p.y").get(random.nextInt(4));
    String on = List.of("c.k = p.k", "c.z = p.k", "c.k = p.y").get(random.nextInt(3));
    String where =
        List.of("p.k > 3", "c.z < 5", "p.k IN (1, 2, 7)", "c.i = 1 OR p.y = 2", "p.x = 'x1'")
            .get(random.nextInt(5));
    String join = random.nextInt(3) == 0 ? "LEFT JOIN" : "JOIN";
    return "SELECT %s, %s FROM p$ p %s c$ c ON %s WHERE %s GROUP BY %s"
        .formatted(group, aggregates, join, on, where, group);
  }

  private static List<String> answer(TestClient client, String sql) {
    TestClient.Answer answer = client.execute(sql);
    assertThat(answer.failure()).as(sql).isNull();
    List<String> rows = new ArrayList<>();
    answer.rows().forEach(row -> rows.add(row.toString()));
    if (!sql.contains("ORDER BY")) {
      Collections.sort(rows);
    }
    return rows;
  }

  private void fill(TestClient client) {
    StringBuilder rows = new StringBuilder();
    for (int id = 0; id < ROWS; id++) {
      rows.append(id == 0 ? "" : ", ")
          .append(
              "(%d, %d, %d, '%s', %s)"
                  .formatted(
                      id,
                      random.nextInt(5),
                      random.nextInt(8) - 3,
                      "" + (char) ('a' + random.nextInt(4)) + (char) ('a' + random.nextInt(3)),
                      random.nextInt(4) == 0 ? "NULL" : random.nextInt(10)));
    }
    for (int k = 0; k < KEYS.length; k++) {
      client.execute(
          "CREATE TABLE t%d (id INT, a INT, b BIGINT, c TEXT, n INT, PRIMARY KEY (%s))"
              .formatted(k, KEYS[k]));
      assertThat(client.execute("INSERT INTO t" + k + " VALUES " + rows).failure()).isNull();
    }
  }

  private String query() {
    String where = " WHERE " + condition("x", 2);
    return switch (random.nextInt(9)) {
      case 7 ->
          "SELECT * FROM $T x WHERE "
              + List.of("id", "a", "b").get(random.nextInt(3))
              + " IN (SELECT n FROM $U y WHERE y.id IN (1, 7, %d))".formatted(random.nextInt(ROWS));
      case 0, 1 -> "SELECT * FROM $T x" + where;
      case 2 -> "SELECT x.* FROM $T x" + where + order() + limit();
      case 3 ->
          "SELECT a, count(*), sum(n), min(c), max(b), count(DISTINCT n) FROM $T x"
              + where
              + " GROUP BY a";
      case 4 ->
          "SELECT x.id, y.id FROM $T x "
              + (random.nextBoolean() ? "JOIN" : "LEFT JOIN")
              + " $U y ON "
              + joinCondition()
              + where;
      case 5 ->
          "SELECT id FROM $T x"
              + where
              + " AND "
              + (random.nextBoolean() ? "EXISTS" : "NOT EXISTS")
              + " (SELECT 1 FROM $U y WHERE y.a = x.n AND "
              + condition("y", 1)
              + ")";
      case 6 ->
          "SELECT id FROM $T x"
              + where
              + " AND n "
              + (random.nextBoolean() ? "IN" : "NOT IN")
              + " (SELECT b FROM $U y WHERE "
              + condition("y", 1)
              + ")";
      default ->
          "SELECT x.c, count(*), sum(y.n) FROM $T x JOIN $U y ON "
              + joinCondition()
              + where
              + " GROUP BY x.c";
    };
  }

  private String joinCondition() {
    return switch (random.nextInt(6)) {
      case 0 -> "y.id = x.n";
      case 4 -> "y.id = x.n AND y.b < x.b";
      case 5 -> "y.a = x.a AND y.id > x.id";
      case 1 -> "y.a = x.a AND y.id = x.n";
      case 2 -> "y.c = x.c AND y.b = x.b";
      default -> "y.b = x.a AND y.a < 3";
    };
  }

  private String order() {
    return switch (random.nextInt(5)) {
      case 0 -> " ORDER BY id";
      case 1 -> " ORDER BY id DESC";
      case 2 -> " ORDER BY a, id";
      case 3 -> " ORDER BY b DESC, a, id";
      default -> " ORDER BY c DESC, b DESC, id";
    };
  }

  private String limit() {
    return switch (random.nextInt(3)) {
      case 0 -> "";
      case 1 -> " LIMIT " + (1 + random.nextInt(5));
      default -> " LIMIT 3 OFFSET " + random.nextInt(4);
    };
  }

  private String condition(String table, int depth) {
    int kind = random.nextInt(depth > 0 ? 12 : 10);
    String t = table + ".";
    return switch (kind) {
      case 0 -> t + "id = " + random.nextInt(ROWS);
      case 1 -> t + "a = " + random.nextInt(5);
      case 2 -> t + "a IN (" + random.nextInt(5) + ", " + random.nextInt(5) + ")";
      case 3 -> t + "b BETWEEN " + (random.nextInt(5) - 3) + " AND " + random.nextInt(5);
      case 4 -> t + "c LIKE '" + (char) ('a' + random.nextInt(4)) + "%'";
      case 5 -> t + "c >= 'b' AND " + t + "b < 2";
      case 6 -> t + "n IS NULL";
      case 7 -> t + "b > " + random.nextInt(3) + " AND " + t + "a <> " + random.nextInt(5);
      case 8 -> t + "id IN (1, 5, 9, " + random.nextInt(ROWS) + ")";
      case 9 -> t + "n > " + random.nextInt(8);
      case 10 -> "(" + condition(table, depth - 1) + " OR " + condition(table, depth - 1) + ")";
      default -> "(" + condition(table, depth - 1) + " AND " + condition(table, depth - 1) + ")";
    };
  }
}
