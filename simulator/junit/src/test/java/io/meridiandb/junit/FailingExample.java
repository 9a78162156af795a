package io.meridiandb.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Not run by itself: an update that gets lost between two transactions. */
class FailingExample {
  @Universe(seeds = 2, seed = 30)
  void anUpdateIsLost(DataSource db, LiveUniverse universe) throws SQLException {
    try (Connection connection = db.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
      statement.execute("INSERT INTO t VALUES (1, 0)");
    }
    Client.Body increment =
        () -> {
          long seen = LiveUniverseTest.read(db);
          try (Connection connection = db.getConnection();
              Statement statement = connection.createStatement()) {
            statement.execute("UPDATE t SET n = " + (seen + 1) + " WHERE id = 1");
          }
        };
    universe.concurrently(increment, increment, increment, increment, increment, increment);
    assertThat(LiveUniverseTest.read(db)).isEqualTo(6);
  }
}
