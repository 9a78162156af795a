package io.meridiandb.server.demo;

import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.launcher.LocalUniverse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/**
 * The tour: what a universe of three regions is for, each step with its statement, its answer and
 * its time at the client. It goes through what the data lies in, what distance costs, a directory
 * that moves while it is written, a region that is lost and comes back, and the clock.
 */
final class Tour {
  private static final String POINT_READ =
      "SELECT name, population FROM cities WHERE country = 'FR' AND id = 2988507";
  private static final int UPDATES = 15;
  private static final int READS = 7;

  private final LocalUniverse universe;
  private final UniverseConfig config;
  private final LatencyMatrix distances;
  private final TourScreen screen;

  Tour(LocalUniverse universe, UniverseConfig config, LatencyMatrix distances, TourScreen screen) {
    this.universe = universe;
    this.config = config;
    this.distances = distances;
    this.screen = screen;
  }

  void run() throws SQLException, IOException, InterruptedException {
    try (Connection europe = DriverManager.getConnection(universe.url("eu1"));
        Connection asia = DriverManager.getConnection(universe.url("ap1"));
        Connection readOnly = DriverManager.getConnection(universe.url("ap2"))) {
      data(europe);
      nearAndFar(europe, asia, readOnly);
      acrossGroups(europe);
      new MoveStep(universe, screen).run(europe);
    }
    new RegionLossStep(universe, screen).run();
    try (Connection europe = DriverManager.getConnection(universe.url("eu1"))) {
      clock(europe);
    }
  }

  private void data(Connection europe) throws SQLException {
    screen.step("Where data lives: placements, their groups and replicas");
    screen.query(europe, "SHOW PLACEMENTS");
    screen.query(europe, "SELECT * FROM meridian_sys.replicas ORDER BY group_id, server");
    screen.step("A join: countries and the cities interleaved in them");
    screen.query(
        europe,
        "SELECT c.name, count(*) AS cities, sum(t.population) AS people FROM countries c"
            + " JOIN cities t ON t.country = c.code GROUP BY c.name ORDER BY 3 DESC LIMIT 5");
  }

  private String roundTrip(String one, String other) {
    return "%.0f ms"
        .formatted(
            distances.roundTripMicros(config.server(one).region(), config.server(other).region())
                / 1e3);
  }

  private void nearAndFar(Connection europe, Connection asia, Connection readOnly)
      throws SQLException {
    screen.step("The same point read from near and from far");
    screen.say("In eu-west, where the placement `world` has its leader:");
    screen.query(europe, POINT_READ);
    again(europe, POINT_READ);
    screen.say(
        "In ap-south, %s away: a strong read has to hear from the leader.",
        roundTrip("eu1", "ap1"));
    screen.query(asia, POINT_READ);
    again(asia, POINT_READ);
    screen.step("A stale read in a zone that only reads: local speed");
    String stale = POINT_READ.replace(" WHERE", " AS OF SYSTEM TIME '-2s' WHERE");
    screen.query(readOnly, stale);
    again(readOnly, stale);
    screen.query(readOnly, "EXPLAIN " + stale);
  }

  /**
   * The first run of a statement also fetches the catalog and plans; what do the next ones take?
   */
  private void again(Connection connection, String sql) throws SQLException {
    long[] nanos = new long[READS];
    for (int i = 0; i < READS; i++) {
      long start = System.nanoTime();
      TourScreen.rows(connection, sql);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    screen.say("Again %d times: median %s.", READS, TourScreen.millis(nanos[READS / 2]));
  }

  private void acrossGroups(Connection europe) throws SQLException {
    screen.step("A transaction over two groups: both prepare at once, one WAN round");
    screen.say("Both groups led from eu-west (%s to us-east and back):", roundTrip("eu1", "us1"));
    long[] together =
        commits(
            europe,
            "UPDATE countries SET phone = phone WHERE code = 'FR'",
            "UPDATE ledger SET balance = balance + 1 WHERE id = 1");
    screen.say(
        "COMMIT: median %s. Both groups become durable at their majorities at the same time, and"
            + " nothing is logged after that.",
        TourScreen.millis(together[UPDATES / 2]));
    screen.say("One of the two led from us-east, where its votes come together:");
    long[] apart =
        commits(
            europe,
            "UPDATE countries SET phone = phone WHERE code = 'FR'",
            "UPDATE accounts SET balance = balance + 1 WHERE id = 1");
    screen.say(
        "COMMIT: median %s: the way to that leader and back, and its own round in between.",
        TourScreen.millis(apart[UPDATES / 2]));
  }

  /** How long the commits of some transactions of two statements took, shortest first. */
  private long[] commits(Connection connection, String first, String second) throws SQLException {
    screen.say("BEGIN; %s; %s; COMMIT", first, second);
    long[] nanos = new long[UPDATES];
    connection.setAutoCommit(false);
    try (PreparedStatement one = connection.prepareStatement(first);
        PreparedStatement two = connection.prepareStatement(second)) {
      for (int i = 0; i < UPDATES; i++) {
        one.executeUpdate();
        two.executeUpdate();
        long start = System.nanoTime();
        connection.commit();
        nanos[i] = System.nanoTime() - start;
      }
    } finally {
      connection.setAutoCommit(true);
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private void clock(Connection europe) throws SQLException {
    screen.step("The clock: how wrong it may be, and what commit wait costs");
    screen.query(europe, "SELECT * FROM meridian_sys.clock");
    try (Statement statement = europe.createStatement()) {
      statement.executeUpdate("UPDATE accounts SET balance = balance WHERE id = 2");
    }
    screen.query(europe, "EXPLAIN ANALYZE UPDATE accounts SET balance = balance + 1 WHERE id = 2");
  }
}
