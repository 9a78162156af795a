package io.meridiandb.bench.crash;

import io.meridiandb.bench.process.MeridianProcess;
import io.meridiandb.jdbc.link.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A universe of three server processes in three regions of one host, without distance. */
public final class ThreeServers implements AutoCloseable {
  private static final String[] NAMES = {"a", "b", "c"};
  private static final long READY_MILLIS_MAX = 60_000;
  private static final long POLL_MILLIS = 100;

  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<HostPort> hosts = new ArrayList<>();
  private final String url;

  /**
   * Writes the universe file and initialises it; nothing runs yet.
   *
   * @param home an empty folder, or one to be made
   * @param disk as {@code --disk} of {@code ./meridian start}
   * @param leaseMillis the lease of its leaders
   */
  public ThreeServers(Path home, String disk, long leaseMillis)
      throws IOException, InterruptedException {
    Path config = Files.createDirectories(home).resolve("universe.yaml");
    url = writeUniverse(config, leaseMillis);
    initialise(config);
    for (String name : NAMES) {
      servers.add(new ServerProcess(name, config, disk));
    }
  }

  static void initialise(Path config) throws IOException, InterruptedException {
    List<String> command = MeridianProcess.command();
    command.addAll(List.of("init", "--config", config.toString()));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("init ended with status " + status);
    }
  }

  private String writeUniverse(Path config, long leaseMillis) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "format: 1\nclock: shared-host\nlease: %dms\nservers:\n".formatted(leaseMillis));
    for (int i = 0; i < NAMES.length; i++) {
      int port = freePort();
      text.append(
          """
            - name: %s
              id: %d
              region: region-%s
              zone: zone-%s
              listen: 127.0.0.1:%d
              data: data-%s
          """
              .formatted(NAMES[i], i + 1, NAMES[i], NAMES[i], port, NAMES[i]));
      hosts.add(new HostPort("127.0.0.1", port));
    }
    Files.writeString(config, text);
    String all = hosts.stream().map(HostPort::toString).collect(Collectors.joining(","));
    return "jdbc:meridian://" + all + "/main";
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** With all three addresses. */
  public String url() {
    return url;
  }

  /** Their addresses. */
  public List<HostPort> hosts() {
    return hosts;
  }

  /** The processes, whether they run or not. */
  public List<ServerProcess> all() {
    return servers;
  }

  /** Starts all; none of them may run. */
  public void startAll() throws IOException {
    for (ServerProcess server : servers) {
      server.start();
    }
  }

  /** Ends all of them by SIGKILL. */
  public void killAll() throws InterruptedException {
    for (ServerProcess server : servers) {
      server.kill();
    }
  }

  /** Waits until the universe answers. */
  public void awaitReady() throws InterruptedException {
    SQLException last = null;
    for (long waited = 0; waited < READY_MILLIS_MAX; waited += POLL_MILLIS) {
      for (ServerProcess server : servers) {
        if (!server.running()) {
          throw new IllegalStateException(
              "server " + server.name() + " ended by itself; see its log");
        }
      }
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT count(*) FROM information_schema.tables");
        return;
      } catch (SQLException e) {
        last = e;
        Thread.sleep(POLL_MILLIS);
      }
    }
    throw new IllegalStateException(
        "the universe was not ready within %d s: %s".formatted(READY_MILLIS_MAX / 1_000, last));
  }

  /** Waits until all three are up and one of them leads group 0, and says which. */
  ServerProcess awaitLeader() throws InterruptedException {
    SQLException last = null;
    for (long waited = 0; waited < READY_MILLIS_MAX; waited += POLL_MILLIS) {
      try {
        ServerProcess leader = leader();
        if (leader != null) {
          return leader;
        }
      } catch (SQLException e) {
        last = e;
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new IllegalStateException(
        "group 0 had not three replicas and a leader within %d s: %s"
            .formatted(READY_MILLIS_MAX / 1_000, last));
  }

  private @Nullable ServerProcess leader() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT server, leads FROM meridian_sys.replicas"
                    + " WHERE group_id = 0 AND applied_index IS NOT NULL")) {
      int up = 0;
      String leading = "";
      while (rows.next()) {
        up++;
        leading = rows.getBoolean(2) ? rows.getString(1) : leading;
      }
      String name = leading;
      return up < servers.size()
          ? null
          : servers.stream().filter(server -> server.name().equals(name)).findFirst().orElse(null);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      killAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
