package io.meridiandb.server.launcher;

import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All servers of a universe file in this one process, each with its own data folder and port, as if
 * they were processes of their own: the demo, benchmarks, and the shell where no server runs.
 */
public final class LocalUniverse implements AutoCloseable {
  private final UniverseConfig config;
  private final List<RunningServer> servers;

  private LocalUniverse(UniverseConfig config, List<RunningServer> servers) {
    this.config = config;
    this.servers = servers;
  }

  /** Starts all servers of {@code configFile} and waits until each has started. */
  public static LocalUniverse start(Path configFile) throws IOException {
    return start(configFile, LaunchOptions.PLAIN);
  }

  /** The same, with options. */
  public static LocalUniverse start(Path configFile, LaunchOptions options) throws IOException {
    UniverseConfig config = UniverseConfigReader.read(configFile);
    List<RunningServer> started = new ArrayList<>();
    LocalUniverse universe = new LocalUniverse(config, started);
    boolean complete = false;
    try {
      for (ServerConfig server : config.servers()) {
        started.add(RunningServer.start(configFile, config, server, options));
      }
      started.forEach(RunningServer::awaitStarted);
      complete = true;
      return universe;
    } finally {
      if (!complete) {
        universe.close();
      }
    }
  }

  /** Where a JDBC client finds it; the first server first. */
  public String url() {
    StringBuilder hosts = new StringBuilder();
    for (ServerConfig server : config.servers()) {
      hosts.append(hosts.isEmpty() ? "" : ",").append(server.host()).append(':');
      hosts.append(server.port());
    }
    return "jdbc:meridian://" + hosts + "/main";
  }

  /** Its servers, in the order of the file. */
  public List<RunningServer> servers() {
    return List.copyOf(servers);
  }

  /** Ends all servers in order. */
  @Override
  public void close() {
    servers.reversed().forEach(RunningServer::close);
  }
}
