import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Moves money between two accounts of a Meridian universe; run it as docs/FIRST-UNIVERSE.md says. */
public final class Transfers {
  private static final String URL =
      "jdbc:meridian://127.0.0.1:7421,127.0.0.1:7422,127.0.0.1:7423/main";
  private static final String RUN_AGAIN = "40001";

  public static void main(String[] arguments) throws SQLException {
    try (Connection connection = DriverManager.getConnection(URL)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE IF NOT EXISTS accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)");
        statement.executeUpdate(
            "INSERT INTO accounts VALUES (1, 100), (2, 100) ON CONFLICT DO NOTHING");
      }
      connection.setAutoCommit(false);
      for (int i = 0; i < 10; i++) {
        transfer(connection, 1, 2, 5);
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT id, balance FROM accounts ORDER BY id")) {
        while (rows.next()) {
          System.out.println(rows.getLong(1) + ": " + rows.getLong(2));
        }
      }
      connection.commit();
    }
  }

  /** One transaction; if another one was in its way it is simply run again. */
  private static void transfer(Connection connection, long from, long to, long amount)
      throws SQLException {
    while (true) {
      try (PreparedStatement add =
          connection.prepareStatement("UPDATE accounts SET balance = balance + ? WHERE id = ?")) {
        add.setLong(1, -amount);
        add.setLong(2, from);
        add.executeUpdate();
        add.setLong(1, amount);
        add.setLong(2, to);
        add.executeUpdate();
        connection.commit();
        return;
      } catch (SQLException e) {
        connection.rollback();
        if (!RUN_AGAIN.equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }
}
