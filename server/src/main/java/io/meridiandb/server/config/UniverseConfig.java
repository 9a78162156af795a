package io.meridiandb.server.config;

import java.time.Duration;
import java.util.List;

/**
 * The universe file.
 *
 * @param clock the TrueTime source, such as {@code shared-host}; see {@link
 *     io.meridiandb.truetime.TrueTimes}
 * @param lease how long a leader's lease lasts
 * @param replaceAfter how long a server may be silent before its groups get another member
 * @param servers all servers, in the order of the file
 */
public record UniverseConfig(
    String clock, Duration lease, Duration replaceAfter, List<ServerConfig> servers) {
  public UniverseConfig {
    servers = List.copyOf(servers);
  }

  /**
   * The server called {@code name}.
   *
   * @throws ConfigException if there is none, naming those that are
   */
  public ServerConfig server(String name) {
    for (ServerConfig server : servers) {
      if (server.name().equals(name)) {
        return server;
      }
    }
    List<String> names = servers.stream().map(ServerConfig::name).toList();
    throw new ConfigException(
        "the universe file has no server called '%s'; it has %s"
            .formatted(name, String.join(", ", names)));
  }
}
