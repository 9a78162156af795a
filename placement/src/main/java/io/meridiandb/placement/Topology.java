package io.meridiandb.placement;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All spanservers of a universe and where they stand, as the configuration says. Immutable.
 *
 * @param servers all, by rising id
 */
public record Topology(List<ServerPlace> servers) {
  public Topology {
    servers = servers.stream().sorted(Comparator.comparing(ServerPlace::id)).toList();
    Set<ServerId> ids = new LinkedHashSet<>();
    for (ServerPlace server : servers) {
      Invariants.check(ids.add(server.id()), "%s stands in two places", server.id());
    }
  }

  /** Where a server stands; null if there is none of that number. */
  public @Nullable ServerPlace find(ServerId id) {
    for (ServerPlace server : servers) {
      if (server.id().equals(id)) {
        return server;
      }
    }
    return null;
  }

  /** What people call a server. */
  public String name(ServerId id) {
    ServerPlace server = find(id);
    return server == null ? id.toString() : server.name();
  }

  /** All zones, in the order of their servers' ids. */
  public List<String> zones() {
    Set<String> zones = new LinkedHashSet<>();
    servers.forEach(server -> zones.add(server.zone()));
    return List.copyOf(zones);
  }

  /** The servers of a zone or, if no zone is called so, of a region; by rising id. */
  public List<ServerPlace> at(String zoneOrRegion) {
    List<ServerPlace> found = new ArrayList<>();
    for (ServerPlace server : servers) {
      if (server.zone().equals(zoneOrRegion)) {
        found.add(server);
      }
    }
    if (found.isEmpty()) {
      for (ServerPlace server : servers) {
        if (server.region().equals(zoneOrRegion)) {
          found.add(server);
        }
      }
    }
    return found;
  }

  /**
   * {@code some}, nearest to {@code from} first: itself, its zone, its region, then all others;
   * equally near ones by rising id, but beginning behind {@code from}, so that not everybody asks
   * the same one first.
   */
  public List<ServerId> nearestFirst(ServerId from, List<ServerId> some) {
    List<ServerId> sorted = new ArrayList<>(some);
    sorted.sort(
        Comparator.<ServerId>comparingInt(server -> distance(from, server))
            .thenComparing(server -> server.compareTo(from) < 0)
            .thenComparing(Comparator.naturalOrder()));
    return sorted;
  }

  /** 0 the same server, 1 the same zone, 2 the same region, 3 elsewhere. */
  public int distance(ServerId a, ServerId b) {
    if (a.equals(b)) {
      return 0;
    }
    ServerPlace one = find(a);
    ServerPlace other = find(b);
    if (one == null || other == null || !one.region().equals(other.region())) {
      return 3;
    }
    return one.zone().equals(other.zone()) ? 1 : 2;
  }
}
