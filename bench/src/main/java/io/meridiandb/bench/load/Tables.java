package io.meridiandb.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes and fills the tables of workloads, in SQL that every database takes. */
final class Tables {
  private static final int BATCH_ROWS = 500;

  private Tables() {}

  /** Sets the parameters of a row. */
  interface Filler {
    void fill(PreparedStatement insert, long row) throws SQLException;
  }

  /**
   * A table with ids from 0; one that has another number of rows is made anew.
   *
   * @param definition the columns
   * @param insert an INSERT with parameters
   */
  static void ensure(
      Connection connection, String name, String definition, String insert, int rows, Filler filler)
      throws SQLException {
    connection.setAutoCommit(true);
    if (count(connection, name) == rows) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      if (exists(connection, name)) {
        statement.execute("DROP TABLE " + name);
      }
      statement.execute("CREATE TABLE " + name + " (" + definition + ")");
    }
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      for (long row = 0; row < rows; row++) {
        filler.fill(statement, row);
        statement.addBatch();
        if (row % BATCH_ROWS == BATCH_ROWS - 1 || row == rows - 1) {
          statement.executeBatch();
        }
      }
    }
  }

  private static boolean exists(Connection connection, String name) throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, null, name, null)) {
      return tables.next();
    }
  }

  /** Rows of a table; -1 if there is no such table. */
  private static long count(Connection connection, String name) throws SQLException {
    if (!exists(connection, name)) {
      return -1;
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*) FROM " + name)) {
      result.next();
      return result.getLong(1);
    }
  }
}
