package io.meridiandb.simulator.universe;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A universe's regions, zones and servers, and how far they lie apart. Servers are numbered through
 * from 1, region by region.
 *
 * @param latency a preset of {@link LatencyMatrix}
 * @param places every server, in the order of numbers
 */
public record Shape(String latency, List<ServerPlace> places) {
  /** Names that regions get unless they are given some. */
  private static final List<String> REGIONS =
      List.of("eu", "us", "asia", "sa", "ap", "africa", "me");

  public Shape {
    places = List.copyOf(places);
  }

  /** So many servers in one place. */
  public static Shape local(int servers) {
    return of(List.of("local"), servers, "lan");
  }

  /** So many regions with equally many servers, each server a zone of its own. */
  public static Shape regions(int regions, int serversEach, String latency) {
    return of(REGIONS.subList(0, regions), serversEach, latency);
  }

  /**
   * Three to six servers in one place, or in three or five regions: with three, placements share
   * all servers; with more, some have replicas where others have none, and of other types.
   */
  private static Shape draw(RandomSource random) {
    List<String> presets = List.of("three-regions", "aws", "gcp", "paper");
    String preset = presets.get(random.nextInt(presets.size()));
    return switch (random.nextInt(12)) {
      case 0, 1 -> regions(3, 1, preset);
      case 2 -> regions(5, 1, preset);
      case 3 -> regions(3, 2, preset);
      case 4, 5 -> local(5);
      case 6, 7 -> local(4);
      default -> local(3);
    };
  }

  /** What a seed draws. */
  public static Shape drawnBy(long seed) {
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      return drawnBy(world);
    }
  }

  /** What a world's seed draws. */
  public static Shape drawnBy(SimulatedWorld world) {
    return draw(world.random("shape"));
  }

  /** These regions with equally many servers, each server a zone of its own. */
  public static Shape of(List<String> regions, int serversEach, String latency) {
    List<ServerPlace> places = new ArrayList<>();
    for (String region : regions) {
      for (int i = 1; i <= serversEach; i++) {
        int id = places.size() + 1;
        places.add(new ServerPlace(new ServerId(id), "server-" + id, region, region + "-" + i));
      }
    }
    return new Shape(latency, places);
  }

  /** All servers. */
  public List<ServerId> servers() {
    return places.stream().map(ServerPlace::id).toList();
  }

  /** The regions in the order of their first servers. */
  public List<String> regions() {
    Set<String> regions = new LinkedHashSet<>();
    places.forEach(place -> regions.add(place.region()));
    return List.copyOf(regions);
  }

  /** A server's region. */
  public String regionOf(ServerId server) {
    return places.stream()
        .filter(place -> place.id().equals(server))
        .map(ServerPlace::region)
        .findFirst()
        .orElse("");
  }

  /** The servers of a region, of a zone, or the one of that name; none if nothing is called so. */
  public List<ServerId> named(String name) {
    return places.stream()
        .filter(place ->
            place.region().equals(name) || place.zone().equals(name) || place.name().equals(name))
        .map(ServerPlace::id)
        .toList();
  }

  /**
   * The first voters of group 0: one server of each region in turn, until there are five or, in a
   * small universe, all; an odd number.
   */
  public List<ServerId> firstVoters() {
    List<ServerId> voters = new ArrayList<>();
    for (int round = 0; voters.size() < Math.min(5, places.size()); round++) {
      for (String region : regions()) {
        List<ServerId> there = named(region);
        if (round < there.size() && voters.size() < 5) {
          voters.add(there.get(round));
        }
      }
    }
    if (voters.size() % 2 == 0) {
      voters.removeLast();
    }
    voters.sort(null);
    return voters;
  }

  /** How far the regions lie apart. */
  public LatencyMatrix distances() {
    return LatencyMatrix.preset(latency, regions());
  }

  /** What the servers are told about each other. */
  public Topology topology() {
    return new Topology(places);
  }
}
