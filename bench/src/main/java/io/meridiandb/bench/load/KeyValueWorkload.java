package io.meridiandb.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;

/** One row by its primary key, read or updated, each in a transaction of its own. */
final class KeyValueWorkload implements Workload {
  private static final String TABLE = "bench_kv";
  private static final int PAYLOAD_CHARACTERS = 100;

  private final boolean update;
  private final int rows;

  KeyValueWorkload(boolean update, int rows) {
    this.update = update;
    this.rows = rows;
  }

  @Override
  public String name() {
    return update ? "kv-update" : "kv-read";
  }

  private static String payload(long number) {
    String text = Long.toString(number);
    return text + "x".repeat(PAYLOAD_CHARACTERS - text.length());
  }

  @Override
  public void prepare(Connection connection) throws SQLException {
    Tables.ensure(
        connection,
        TABLE,
        "id BIGINT PRIMARY KEY, payload TEXT NOT NULL",
        "INSERT INTO " + TABLE + " (id, payload) VALUES (?, ?)",
        rows,
        (insert, row) -> {
          insert.setLong(1, row);
          insert.setString(2, payload(row));
        });
  }

  @Override
  public Client client(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    return update ? new Updater(connection) : new Reader(connection);
  }

  private final class Reader implements Client {
    private final PreparedStatement select;

    Reader(Connection connection) throws SQLException {
      select = connection.prepareStatement("SELECT payload FROM " + TABLE + " WHERE id = ?");
    }

    @Override
    public void operation(SplittableRandom random) throws SQLException {
      long id = random.nextLong(rows);
      select.setLong(1, id);
      try (ResultSet result = select.executeQuery()) {
        if (!result.next() || result.getString(1).length() != PAYLOAD_CHARACTERS) {
          throw new IllegalStateException(
              "row " + id + " of " + TABLE + " is not as it was written");
        }
      }
    }

    @Override
    public void close() throws SQLException {
      select.close();
    }
  }

  private final class Updater implements Client {
    private final PreparedStatement statement;

    Updater(Connection connection) throws SQLException {
      statement = connection.prepareStatement("UPDATE " + TABLE + " SET payload = ? WHERE id = ?");
    }

    @Override
    public void operation(SplittableRandom random) throws SQLException {
      long id = random.nextLong(rows);
      statement.setString(1, payload(random.nextLong(Long.MAX_VALUE)));
      statement.setLong(2, id);
      int count = statement.executeUpdate();
      if (count != 1) {
        throw new IllegalStateException("row " + id + " of " + TABLE + ": " + count + " updates");
      }
    }

    @Override
    public void close() throws SQLException {
      statement.close();
    }
  }

  @Override
  public void check(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*) FROM " + TABLE)) {
      result.next();
      if (result.getLong(1) != rows) {
        throw new IllegalStateException(
            TABLE + " has " + result.getLong(1) + " rows instead of " + rows);
      }
    }
  }
}
