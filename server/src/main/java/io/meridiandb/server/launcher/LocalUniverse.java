package io.meridiandb.server.launcher;

import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All servers of a universe file in this one process, each with its own data folder and port, as if
 * they were processes of their own: the demo, benchmarks, and the shell where no server runs.
 */
public final class LocalUniverse implements AutoCloseable {
  private final Path configFile;
  private final UniverseConfig config;
  private final LaunchOptions options;
  private final Map<String, RunningServer> servers = new LinkedHashMap<>();

  private LocalUniverse(Path configFile, UniverseConfig config, LaunchOptions options) {
    this.configFile = configFile;
    this.config = config;
    this.options = options;
  }

  /** Starts all servers of {@code configFile} and waits until each has started. */
  public static LocalUniverse start(Path configFile) throws IOException {
    return start(configFile, LaunchOptions.PLAIN);
  }

  /** The same, with options. */
  public static LocalUniverse start(Path configFile, LaunchOptions options) throws IOException {
    UniverseConfig config = UniverseConfigReader.read(configFile);
    LocalUniverse universe = new LocalUniverse(configFile, config, options);
    boolean complete = false;
    try {
      for (ServerConfig server : config.servers()) {
        universe.launch(server);
      }
      universe.servers.values().forEach(RunningServer::awaitStarted);
      complete = true;
      return universe;
    } finally {
      if (!complete) {
        universe.close();
      }
    }
  }

  private void launch(ServerConfig server) throws IOException {
    servers.put(server.name(), RunningServer.start(configFile, config, server, options));
  }

  /** A region loses power: its servers end at once, and what is in their memory is gone. */
  public void crash(String region) {
    for (ServerConfig server : config.servers()) {
      RunningServer running = server.region().equals(region) ? servers.remove(server.name()) : null;
      if (running != null) {
        running.crash();
      }
    }
  }

  /** A region comes back: its servers start from their disks. */
  public void restart(String region) throws IOException {
    List<RunningServer> started = new ArrayList<>();
    for (ServerConfig server : config.servers()) {
      if (server.region().equals(region) && !servers.containsKey(server.name())) {
        launch(server);
        started.add(servers.get(server.name()));
      }
    }
    started.forEach(RunningServer::awaitStarted);
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

  /** Where a JDBC client of one server finds it. */
  public String url(String server) {
    ServerConfig at = config.server(server);
    return "jdbc:meridian://%s:%d/main".formatted(at.host(), at.port());
  }

  /** Its servers that run, in the order of their start. */
  public List<RunningServer> servers() {
    return List.copyOf(servers.values());
  }

  /** Ends all servers in order. */
  @Override
  public void close() {
    List.copyOf(servers.values()).reversed().forEach(RunningServer::close);
  }
}
