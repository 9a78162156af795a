package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of tables (DESIGN 10), at their edges. */
class TableLimitsTest {
  private final TestServer server = new TestServer();
  private final TestClient client = server.client();

  @AfterEach
  void stop() {
    assertThat(server.failures).isEmpty();
    server.close();
  }

  private static String table(int columns) {
    StringBuilder sql = new StringBuilder("CREATE TABLE wide (c0 INT PRIMARY KEY");
    for (int i = 1; i < columns; i++) {
      sql.append(", c").append(i).append(" INT");
    }
    return sql.append(")").toString();
  }

  @Test
  void columns() {
    assertThat(client.execute(table(1_025)).failure().getSqlState()).isEqualTo("54011");
    assertThat(client.execute(table(1_024)).lines()).containsExactly("CREATE TABLE");
    assertThat(client.execute("INSERT INTO wide (c0, c1023) VALUES (1, 2)").failure()).isNull();
    assertThat(client.execute("SELECT c1023 FROM wide").rows()).containsExactly(List.of("2"));
  }

  @Test
  void interleaveDepth() {
    StringBuilder key = new StringBuilder("k1 INT");
    StringBuilder names = new StringBuilder("k1");
    assertThat(client.execute("CREATE TABLE d1 (k1 INT PRIMARY KEY)").failure()).isNull();
    for (int depth = 2; depth <= 8; depth++) {
      key.append(", k").append(depth).append(" INT");
      names.append(", k").append(depth);
      TestClient.Answer answer =
          client.execute(
              "CREATE TABLE d%d (%s, PRIMARY KEY (%s)) INTERLEAVE IN PARENT d%d"
                  .formatted(depth, key, names, depth - 1));
      if (depth <= 7) {
        assertThat(answer.failure()).isNull();
      } else {
        assertThat(answer.failure().getSqlState()).isEqualTo("54000");
      }
    }
  }

  @Test
  void identifiers() {
    String longest = "t" + "x".repeat(62);
    assertThat(client.execute("CREATE TABLE " + longest + " (a INT PRIMARY KEY)").failure())
        .isNull();
    assertThat(
            client
                .execute("CREATE TABLE " + longest + "y (a INT PRIMARY KEY)")
                .failure()
                .getSqlState())
        .isEqualTo("42622");
    // Bytes are counted, not characters.
    assertThat(
            client
                .execute("CREATE TABLE \"" + "ä".repeat(32) + "\" (a INT PRIMARY KEY)")
                .failure()
                .getSqlState())
        .isEqualTo("42622");
  }

  @Test
  void statementLength() {
    String sql = "SELECT '" + "x".repeat((1 << 20) - 9) + "'";
    assertThat(client.execute(sql).failure()).isNull();
    assertThat(client.execute(sql + " ").failure().getSqlState()).isEqualTo("54001");
  }
}
