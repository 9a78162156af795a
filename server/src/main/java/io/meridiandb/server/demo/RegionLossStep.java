package io.meridiandb.server.demo;

import io.meridiandb.server.launcher.LocalUniverse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A region loses power under load; the others go on; it comes back. */
final class RegionLossStep {
  private static final String LOST = "us-east";
  private static final long QUIET_ROWS = 40;
  private static final long MILLIS_MAX = 20_000;

  private final LocalUniverse universe;
  private final TourScreen screen;

  RegionLossStep(LocalUniverse universe, TourScreen screen) {
    this.universe = universe;
    this.screen = screen;
  }

  void run() throws SQLException, IOException, InterruptedException {
    screen.step("A region is lost: " + LOST + " loses power");
    String near = universe.url("eu2");
    try (Writers world = new Writers(near, "INSERT INTO beats (id) VALUES (?)", 1);
        Writers atlantic =
            new Writers(near, "INSERT INTO payments (id, amount) VALUES (?, 1)", 1)) {
      world.start(2);
      atlantic.start(2);
      world.awaitRows(QUIET_ROWS, MILLIS_MAX);
      atlantic.awaitRows(QUIET_ROWS, MILLIS_MAX);
      world.measure();
      atlantic.measure();
      universe.crash(LOST);
      boolean goesOn = world.awaitRows(QUIET_ROWS, MILLIS_MAX);
      boolean witness = atlantic.awaitRows(QUIET_ROWS, MILLIS_MAX);
      screen.say(
          "`world` (leader in eu-west) %s: longest wait of a writing client %s.",
          goesOn ? "went on" : "DID NOT GO ON", TourScreen.millis(world.longestNanos()));
      screen.say(
          "`atlantic` (leader was in %s) %s: longest wait %s, one lease of 1 s and an election.",
          LOST,
          witness ? "has a new leader in eu-west" : "DID NOT GO ON",
          TourScreen.millis(atlantic.longestNanos()));
      screen.step("The witness at work: one data replica left, and a vote from ap-south");
      try (Connection europe = DriverManager.getConnection(near)) {
        screen.run(europe, "UPDATE accounts SET balance = balance + 1 WHERE id = 3");
        screen.query(europe, "SELECT * FROM meridian_sys.leaders ORDER BY 1");
      }
      screen.step("The region comes back and catches up");
      long start = System.nanoTime();
      universe.restart(LOST);
      try (Connection america = DriverManager.getConnection(universe.url("us1"))) {
        screen.query(america, "SELECT id, balance FROM accounts WHERE id = 3");
      }
      screen.say(
          "From power to the first answer: %s.", TourScreen.millis(System.nanoTime() - start));
    }
  }
}
