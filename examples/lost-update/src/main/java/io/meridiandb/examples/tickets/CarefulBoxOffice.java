package io.meridiandb.examples.tickets;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Repaired: reading, counting down and the ticket are one transaction, which is run again when the
 * database says that it was in another one's way (SQLSTATE class 40) or that its connection broke
 * before the commit (class 08, and the order's number tells whether it took place after all).
 */
public final class CarefulBoxOffice extends BoxOffice {
  private static final int ATTEMPTS_MAX = 50;

  /** Sells from this database. */
  public CarefulBoxOffice(DataSource database) {
    super(database);
  }

  @Override
  public boolean sell(String order, String buyer) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = database().getConnection()) {
        connection.setAutoCommit(false);
        boolean sold = has(connection, order) || trySell(connection, order, buyer);
        connection.commit();
        return sold;
      } catch (SQLException e) {
        if (!mayRunAgain(e) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static boolean has(Connection connection, String order) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT buyer FROM tickets WHERE id = ?")) {
      statement.setString(1, order);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static boolean trySell(Connection connection, String order, String buyer)
      throws SQLException {
    long left = number(connection, "SELECT seats_left FROM shows WHERE id = 1");
    if (left == 0) {
      return false;
    }
    setSeats(connection, left - 1);
    addTicket(connection, order, buyer);
    return true;
  }

  private static boolean mayRunAgain(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("40") || state.startsWith("08") || state.startsWith("57"));
  }
}
