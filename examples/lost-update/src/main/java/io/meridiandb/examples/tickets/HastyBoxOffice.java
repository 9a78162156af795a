package io.meridiandb.examples.tickets;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * With a bug: it reads how many seats are left, and writes one less, in two transactions. Whoever
 * sells in between is forgotten: a lost update, and more tickets than seats.
 */
public final class HastyBoxOffice extends BoxOffice {
  /** Sells from this database. */
  public HastyBoxOffice(DataSource database) {
    super(database);
  }

  @Override
  public boolean sell(String order, String buyer) throws SQLException {
    try (Connection connection = database().getConnection()) {
      long left = number(connection, "SELECT seats_left FROM shows WHERE id = 1");
      if (left == 0) {
        return false;
      }
      setSeats(connection, left - 1);
      addTicket(connection, order, buyer);
      return true;
    }
  }
}
