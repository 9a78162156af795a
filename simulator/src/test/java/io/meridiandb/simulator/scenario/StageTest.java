package io.meridiandb.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.client.FrameClient;
import io.meridiandb.simulator.fault.Nemesis;
import io.meridiandb.simulator.fault.Swarm;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.universe.Tables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards who is meant by the leader of a table: who leads its group, not who leads group 0. */
class StageTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void theLeaderOfATableIsWhoLeadsItsGroup() {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      Shape shape = Shape.regions(3, 1, "lan");
      SimulatedUniverse universe = new SimulatedUniverse(world, new NodeAssembly(), shape);
      universe.startAll(MINUTE);
      world.runUntil(() -> universe.leader(0) != null, MINUTE);
      ServerId ofZero = universe.leader(0);
      ServerId other =
          shape.servers().stream().filter(id -> !id.equals(ofZero)).findFirst().orElseThrow();
      makeTableLedBy(shape.regionOf(other), universe);
      Stage stage = new Stage(universe, new Nemesis(universe, quiet()));
      List<ServerId> ofTable = new ArrayList<>();
      world.schedule(Duration.ZERO, () -> stage.each("leader of there", ofTable::add));
      world.runUntil(() -> !ofTable.isEmpty(), MINUTE);
      assertThat(ofTable).containsExactly(other);
    }
  }

  private static void makeTableLedBy(String region, SimulatedUniverse universe) {
    SimulatedUniverse.Client machine = universe.newClient();
    FrameClient client = new FrameClient(universe, machine);
    List<String> made = new ArrayList<>();
    machine
        .env()
        .fibers()
        .start(
            "maker",
            () -> {
              client.update(
                  "CREATE PLACEMENT far OPTIONS (leader = '%s', voters = 'eu,us,asia')"
                      .formatted(region));
              made.add(
                  client
                      .update("CREATE TABLE there (id BIGINT PRIMARY KEY) PLACEMENT far")
                      .toString());
            });
    universe.world().runUntil(() -> !made.isEmpty(), MINUTE);
    assertThat(made.getFirst()).contains("COMMITTED");
    universe.tables().made(new Tables.Table("there", List.of()));
    universe.world().runFor(Duration.ofSeconds(10)); // whoever is wanted leads by then
  }

  private static Swarm quiet() {
    LinkConditions lan = LinkConditions.lan();
    return new Swarm(lan, Swarm.Odds.NONE, Duration.ofMillis(2), false, List.of());
  }
}
