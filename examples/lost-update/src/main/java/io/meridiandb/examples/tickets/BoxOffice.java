package io.meridiandb.examples.tickets;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Sells the seats of a show. How a seat is taken is what the two box offices differ in. */
public abstract class BoxOffice {
  private final DataSource database;

  BoxOffice(DataSource database) {
    this.database = database;
  }

  final DataSource database() {
    return database;
  }

  /** Makes the tables, and one show with so many seats. */
  public static void open(DataSource database, int seats) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE shows (id BIGINT PRIMARY KEY, seats_left BIGINT NOT NULL)");
      statement.execute("CREATE TABLE tickets (id TEXT PRIMARY KEY, buyer TEXT NOT NULL)");
      statement.execute("INSERT INTO shows VALUES (1, " + seats + ")");
    }
  }

  /**
   * Sells one ticket.
   *
   * @param order the buyer's own number for it: the same one never gets two
   * @return false if the show is sold out
   */
  public abstract boolean sell(String order, String buyer) throws SQLException;

  /** Seats left in the show. */
  public long seatsLeft() throws SQLException {
    return number("SELECT seats_left FROM shows WHERE id = 1");
  }

  /** Tickets sold. */
  public long sold() throws SQLException {
    return number("SELECT count(*) FROM tickets");
  }

  private long number(String query) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return number(connection, query);
    }
  }

  static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  static void setSeats(Connection connection, long seats) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE shows SET seats_left = ? WHERE id = 1")) {
      statement.setLong(1, seats);
      statement.executeUpdate();
    }
  }

  static void addTicket(Connection connection, String order, String buyer) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO tickets VALUES (?, ?)")) {
      statement.setString(1, order);
      statement.setString(2, buyer);
      statement.executeUpdate();
    }
  }
}
