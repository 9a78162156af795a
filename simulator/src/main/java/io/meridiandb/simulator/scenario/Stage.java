package io.meridiandb.simulator.scenario;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.client.FrameClient;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.fault.FaultKind;
import io.meridiandb.simulator.fault.Nemesis;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.universe.Tables;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the steps of a scenario act on. */
public record Stage(SimulatedUniverse universe, Nemesis nemesis) {
  private static final Duration LOOK_PAUSE = Duration.ofMillis(100);
  private static final int LOOKS_MAX = 200;
  private static final ServerId NOBODY = new ServerId(Long.MAX_VALUE);
  private static final String LEADER = "leader";
  private static final String LEADER_OF = "leader of ";
  private static final String DIRECTORIES =
      "SELECT first_key, group_id FROM meridian_sys.directories";

  /** Whether these words mean who leads, wherever that is. */
  static boolean isLeader(String place) {
    return place.equals(LEADER) || place.startsWith(LEADER_OF);
  }

  /**
   * The leader of group 0 or of a table's group, once there is one; or the servers of a place.
   *
   * @throws IllegalArgumentException if there is no such place or table
   */
  void each(String place, Consumer<ServerId> action) {
    if (place.equals(LEADER)) {
      whenLed(action, LOOKS_MAX);
    } else if (place.startsWith(LEADER_OF)) {
      String table = place.substring(LEADER_OF.length());
      List<String> tables = universe.tables().all().stream().map(Tables.Table::name).toList();
      if (!tables.contains(table)) {
        throw new IllegalArgumentException(
            "there is no table '%s'; the workloads have made %s".formatted(table, tables));
      }
      SimulatedUniverse.Client machine = universe.newClient();
      SqlClient client = new FrameClient(universe, machine);
      machine.env().fibers().start(place, () -> whenLed(table, client, action));
    } else {
      at(place).forEach(action);
    }
  }

  /** Asks by SQL where the table lies, and looks there until somebody leads. */
  private void whenLed(String table, SqlClient client, Consumer<ServerId> action) {
    for (int i = 0; i < LOOKS_MAX; i++) {
      try {
        ServerId leader = universe.leader(groupOf(table, client));
        if (leader != null) {
          universe.world().schedule(Duration.ZERO, () -> action.accept(leader));
          return;
        }
      } catch (SqlFailed | LinkLost e) {
        universe.world().say("nobody says where " + table + " lies: " + e.getMessage());
      }
      client.pause(LOOK_PAUSE);
    }
  }

  /** The group of the table's first directory; 0 if it has none of its own. */
  private static long groupOf(String table, SqlClient client) throws SqlFailed, LinkLost {
    for (List<Value> row : client.execute(DIRECTORIES).rows()) {
      String key = row.getFirst().getText();
      if (key.equals(table) || key.startsWith(table + "(")) {
        return row.get(1).getInteger();
      }
    }
    return 0;
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
    return at(place, universe.shape());
  }

  /** The same before there is a universe. */
  static List<ServerId> at(String place, Shape shape) {
    List<ServerId> servers = shape.named(place);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no place '%s'; there are the regions %s and the servers %s"
              .formatted(
                  place,
                  shape.regions(),
                  shape.places().stream().map(each -> each.name()).toList()));
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
    eachLink(from, to, universe.world().network()::cut);
  }

  void slow(String from, String to, Duration more, Duration length) {
    eachLink(from, to, (one, other) -> universe.world().network().slow(one, other, more, length));
  }

  void narrow(String from, String to, long bytesPerSecond, Duration length) {
    eachLink(
        from,
        to,
        (one, other) -> universe.world().network().narrow(one, other, bytesPerSecond, length));
  }

  private void eachLink(String from, String to, BiConsumer<ServerId, ServerId> action) {
    for (ServerId one : at(from)) {
      for (ServerId other : at(to)) {
        if (!one.equals(other)) {
          action.accept(one, other);
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
