package io.meridiandb.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Guards what ALTER PLACEMENT promises to an application (DESIGN 4 and 7). */
class AlteredPlacementTest {
  /**
   * A server that was a witness, was removed and has not cleared that away yet is to get the data:
   * its old replica goes first.
   */
  @Universe(regions = 1, serversPerRegion = 4, latency = "lan", seed = 5)
  void aServerMayComeBackAsAnotherKindOfReplica(DataSource db) throws SQLException {
    try (Connection connection = db.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE PLACEMENT p OPTIONS (leader = 'eu-1', voters = 'eu-1, eu-2', witnesses = 'eu-3')");
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL) PLACEMENT p");
      statement.execute("INSERT INTO t VALUES (1, 10), (2, 20)");
      statement.execute("ALTER PLACEMENT p OPTIONS (witnesses = 'eu-4')");
      statement.execute("ALTER PLACEMENT p OPTIONS (voters = 'eu-1, eu-3')");
      assertThat(one(statement, "SELECT full_replicas FROM meridian_sys.groups WHERE group_id = 1"))
          .isEqualTo("server-1, server-3");
      statement.execute("ALTER PLACEMENT p OPTIONS (leader = 'eu-3', voters = 'eu-3, eu-2')");
      assertThat(one(statement, "SELECT sum(n) FROM t")).isEqualTo("30");
    }
  }

  private static String one(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
