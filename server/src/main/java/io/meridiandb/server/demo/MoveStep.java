package io.meridiandb.server.demo;

import io.meridiandb.server.launcher.LocalUniverse;
import java.sql.Connection;
import java.sql.SQLException;

/** A table's directory moves to another group while clients write to it. */
final class MoveStep {
  private static final int CLIENTS = 12;
  private static final int ROWS_A_TRANSACTION = 25;
  private static final long WARM_ROWS = 2_000;
  private static final long MILLIS_MAX = 20_000;

  private final LocalUniverse universe;
  private final TourScreen screen;

  MoveStep(LocalUniverse universe, TourScreen screen) {
    this.universe = universe;
    this.screen = screen;
  }

  void run(Connection europe) throws SQLException, InterruptedException {
    screen.step("A directory moves to another group while it is written");
    String target =
        placement(europe).equals("world") ? "atlantic" : "world"; // a second tour moves it back
    try (Writers writers =
        new Writers(universe.url("eu1"), "INSERT INTO events (id) VALUES (?)", ROWS_A_TRANSACTION)
            .start(CLIENTS)) {
      writers.awaitRows(WARM_ROWS, MILLIS_MAX);
      writers.measure();
      long quiet = System.nanoTime();
      long before = writers.rows();
      writers.awaitRows(WARM_ROWS, MILLIS_MAX);
      double rate = (writers.rows() - before) / ((System.nanoTime() - quiet) / 1e9);
      long usual = writers.longestNanos();
      writers.measure();
      screen.run(europe, "ALTER TABLE events MOVE TO PLACEMENT " + target);
      writers.awaitRows(WARM_ROWS, MILLIS_MAX);
      screen.say(
          "%d clients wrote %.0f rows/s before; the longest wait of any of them was %s, and %s"
              + " while the directory moved.",
          CLIENTS, rate, TourScreen.millis(usual), TourScreen.millis(writers.longestNanos()));
    }
    screen.query(
        europe,
        "SELECT source_group, destination_group, state, rows_copied, rounds, blocked_us"
            + " FROM meridian_sys.moves ORDER BY move_id DESC LIMIT 1");
    screen.query(europe, "SELECT count(*) AS events FROM events");
  }

  private static String placement(Connection connection) throws SQLException {
    return TourScreen.rows(
            connection,
            "SELECT placement FROM meridian_sys.directories WHERE first_key LIKE 'events%'")
        .getLast()[0];
  }
}
