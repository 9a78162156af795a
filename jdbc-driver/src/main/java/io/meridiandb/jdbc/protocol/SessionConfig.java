package io.meridiandb.jdbc.protocol;

import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.Surroundings;
import java.util.List;
import java.util.Map;

/**
 * What a session needs to connect and to connect again.
 *
 * @param connectors the ways to the universe, tried in this order
 * @param database the database's name
 * @param application what the application calls itself, for the server's lists
 * @param settings session settings, in the order given
 * @param connectMillis how long connecting may last over all ways together
 * @param recoveryMillis how long to look for a server and for a transaction's outcome after a loss
 */
public record SessionConfig(
    List<Connector> connectors,
    String database,
    String application,
    Map<String, String> settings,
    int connectMillis,
    int recoveryMillis) {
  /** What the driver waits with: that of the ways. */
  Surroundings surroundings() {
    return connectors.isEmpty() ? Surroundings.SYSTEM : connectors.get(0).surroundings();
  }
}
