package io.meridiandb.server.launcher;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.system.FatalErrors;
import io.meridiandb.kernel.system.NetworkDelay;
import io.meridiandb.kernel.system.SystemEvents;
import io.meridiandb.server.config.ConfigException;
import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with besides its universe file.
 *
 * @param disk how its files behave
 * @param delay holds frames back as if regions lay apart; null for the network as it is
 */
public record LaunchOptions(DiskKind disk, @Nullable NetworkDelay delay) {
  /** Real files, the network as it is. */
  public static final LaunchOptions PLAIN = new LaunchOptions(DiskKind.FILE, null);

  /**
   * The distances of a preset between the regions of a universe file, in the order of the file.
   *
   * @param preset one of {@link LatencyMatrix#presets()}
   * @throws ConfigException for another one
   */
  public static NetworkDelay delay(UniverseConfig universe, String preset) {
    Map<ServerId, String> regions = new TreeMap<>();
    for (ServerConfig server : universe.servers()) {
      regions.put(server.id(), server.region());
    }
    return new NetworkDelay(
        latencies(universe, preset),
        regions::get,
        new SystemEvents("network", System.getLogger("io.meridiandb.network")),
        FatalErrors.HALT);
  }

  /**
   * The distances of a preset between the regions of a universe file.
   *
   * @throws ConfigException for one that does not exist
   */
  public static LatencyMatrix latencies(UniverseConfig universe, String preset) {
    try {
      return LatencyMatrix.preset(
          preset, universe.servers().stream().map(ServerConfig::region).distinct().toList());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }
}
