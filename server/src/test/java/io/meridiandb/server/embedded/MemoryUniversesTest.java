package io.meridiandb.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards {@code jdbc:meridian:mem:NAME}: a whole universe as long as somebody is connected. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MemoryUniversesTest {
  private static Connection connect(String name) throws SQLException {
    return DriverManager.getConnection("jdbc:meridian:mem:" + name);
  }

  @Test
  void connectionsToOneNameShareAUniverseAndItEndsWithTheLast() throws SQLException {
    try (Connection first = connect("shared");
        Connection second = connect("shared");
        Statement writer = first.createStatement();
        Statement reader = second.createStatement()) {
      writer.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT)");
      assertThat(writer.executeUpdate("INSERT INTO t VALUES (1, 'a'), (2, 'b')")).isEqualTo(2);
      try (ResultSet rows = reader.executeQuery("SELECT name FROM t ORDER BY id")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("a");
      }
    }
    try (Connection again = connect("shared");
        Statement statement = again.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM t"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
    }
  }
}
