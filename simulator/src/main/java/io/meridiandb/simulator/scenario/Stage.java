package io.meridiandb.simulator.scenario;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.fault.FaultKind;
import io.meridiandb.simulator.fault.Nemesis;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the steps of a scenario act on. */
public record Stage(SimulatedUniverse universe, Nemesis nemesis) {
  private static final Duration LOOK_PAUSE = Duration.ofMillis(100);
  private static final int LOOKS_MAX = 200;
  private static final ServerId NOBODY = new ServerId(Long.MAX_VALUE);

  /** The leader of group 0 once there is one, or the servers of a place. */
  void each(String place, Consumer<ServerId> action) {
    if (place.equals("leader")) {
      whenLed(action, LOOKS_MAX);
    } else {
      at(place).forEach(action);
    }
  }

  /** Looks until somebody leads; the first who says so is it. */
  private void whenLed(Consumer<ServerId> action, int looksLeft) {
    List<ServerId> found = new ArrayList<>();
    universe.withLeader(leader -> {
      if (found.isEmpty()) {
        found.add(leader);
        action.accept(leader);
      }
    });
    universe
        .world()
        .schedule(
            LOOK_PAUSE,
            () -> {
              if (found.isEmpty() && looksLeft > 0) {
                found.add(NOBODY); // who answers now answers too late
                whenLed(action, looksLeft - 1);
              }
            });
  }

  /**
   * The servers of a region, a zone, or the one of that name.
   *
   * @throws IllegalArgumentException if nothing is called so
   */
  List<ServerId> at(String place) {
    List<ServerId> servers = universe.shape().named(place);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no place '%s'; there are the regions %s"
              .formatted(place, universe.shape().regions()));
    }
    return servers;
  }

  void cut(String from, String to, boolean bothWays) {
    cutOneWay(from, to);
    if (bothWays) {
      cutOneWay(to, from);
    }
  }

  private void cutOneWay(String from, String to) {
    List<String> regions = universe.shape().regions();
    if (regions.contains(from) && regions.contains(to)) {
      universe.cutRegions(from, to);
      return;
    }
    for (ServerId one : at(from)) {
      for (ServerId other : at(to)) {
        if (!one.equals(other)) {
          universe.world().network().cut(one, other);
        }
      }
    }
  }

  void isolate(String place) {
    for (String region : universe.shape().regions()) {
      if (!at(place).equals(at(region))) {
        cut(place, region, true);
      }
    }
  }

  void strike(FaultKind kind) {
    nemesis.strike(kind);
  }
}
