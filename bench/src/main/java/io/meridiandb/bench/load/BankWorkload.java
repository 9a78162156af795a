package io.meridiandb.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;

/** Transfers between two accounts, each two reads and two updates; the sum never changes. */
final class BankWorkload implements Workload {
  private static final String TABLE = "bench_account";
  private static final int ACCOUNTS = 1_000;
  private static final long BALANCE = 1_000;
  private static final int AMOUNT_MAX = 100;

  @Override
  public String name() {
    return "bank";
  }

  @Override
  public void prepare(Connection connection) throws SQLException {
    Tables.ensure(
        connection,
        TABLE,
        "id BIGINT PRIMARY KEY, balance BIGINT NOT NULL",
        "INSERT INTO " + TABLE + " (id, balance) VALUES (?, ?)",
        ACCOUNTS,
        (insert, row) -> {
          insert.setLong(1, row);
          insert.setLong(2, BALANCE);
        });
    check(connection);
  }

  @Override
  public Client client(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    return new Teller(connection);
  }

  private static final class Teller implements Client {
    private final Connection connection;
    private final PreparedStatement select;
    private final PreparedStatement update;

    Teller(Connection connection) throws SQLException {
      this.connection = connection;
      select = connection.prepareStatement("SELECT balance FROM " + TABLE + " WHERE id = ?");
      update = connection.prepareStatement("UPDATE " + TABLE + " SET balance = ? WHERE id = ?");
    }

    @Override
    public void operation(SplittableRandom random) throws SQLException {
      long from = random.nextLong(ACCOUNTS);
      long to = (from + 1 + random.nextLong(ACCOUNTS - 1)) % ACCOUNTS;
      long amount = random.nextLong(AMOUNT_MAX);
      try {
        long fromBalance = balance(from);
        long toBalance = balance(to);
        set(from, fromBalance - amount);
        set(to, toBalance + amount);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }

    private long balance(long id) throws SQLException {
      select.setLong(1, id);
      try (ResultSet result = select.executeQuery()) {
        if (!result.next()) {
          throw new IllegalStateException("account " + id + " is gone");
        }
        return result.getLong(1);
      }
    }

    private void set(long id, long balance) throws SQLException {
      update.setLong(1, balance);
      update.setLong(2, id);
      update.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      select.close();
      update.close();
    }
  }

  @Override
  public void check(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*), sum(balance) FROM " + TABLE)) {
      result.next();
      if (result.getLong(1) != ACCOUNTS || result.getLong(2) != ACCOUNTS * BALANCE) {
        throw new IllegalStateException(
            "the bank has %d in %d accounts instead of %d in %d"
                .formatted(result.getLong(2), result.getLong(1), ACCOUNTS * BALANCE, ACCOUNTS));
      }
    }
  }
}
