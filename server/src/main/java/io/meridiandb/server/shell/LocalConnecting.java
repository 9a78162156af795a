package io.meridiandb.server.shell;

import io.meridiandb.server.demo.DemoUniverse;
import io.meridiandb.server.launcher.LocalUniverse;
import io.meridiandb.wire.WireLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Connects the shell. Where nothing was named and no server runs, the demo's universe is opened in
 * this very process for as long as the shell lasts, so that {@code ./meridian sql} answers after
 * {@code ./meridian demo --once} too.
 */
final class LocalConnecting implements SqlCommand.Connecting {
  static final String HOST = "127.0.0.1";
  private static final String DEFAULT_URL =
      "jdbc:meridian://%s:%d/main".formatted(HOST, WireLimits.SQL_PORT_DEFAULT);
  private static final Duration KNOCK_MAX = Duration.ofMillis(500);

  @Override
  public SqlSession connect(String url) throws SQLException {
    if (!url.equals(DEFAULT_URL) || listens() || !DemoUniverse.exists(DemoUniverse.FOLDER)) {
      return new JdbcSession(DriverManager.getConnection(url));
    }
    try {
      LocalUniverse universe = LocalUniverse.start(DemoUniverse.file(DemoUniverse.FOLDER));
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(universe::close));
      return new JdbcSession(DriverManager.getConnection(universe.url()));
    } catch (IOException e) {
      throw new SQLException(
          "no server on %s, and the universe in %s cannot be opened: %s"
              .formatted(DEFAULT_URL, DemoUniverse.FOLDER, e.getMessage()),
          "08001",
          e);
    }
  }

  private static boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(HOST, WireLimits.SQL_PORT_DEFAULT), (int) KNOCK_MAX.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
