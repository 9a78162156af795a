package io.meridiandb.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.truetime.TrueTimes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a server that ends does for those that stay (protocol G7; reliability: an orderly end). */
final class NodeDrainTest {
  private static final UniverseId UNIVERSE = new UniverseId(7, 8);
  private static final List<ServerId> SERVERS =
      LongStream.rangeClosed(1, 3).mapToObj(ServerId::new).toList();
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Map<ServerId, Node> nodes = new TreeMap<>();
  private final Map<ServerId, Replica> replicas = new TreeMap<>();

  private void start(SimulatedWorld world, ServerId id, Env env) {
    List<ServerPlace> places =
        SERVERS.stream()
            .map(each -> new ServerPlace(each, each.toString(), "region", "zone-" + each))
            .toList();
    NodeConfig config =
        new NodeConfig(
            new ServerIdentity(UNIVERSE, id, world.life(id)),
            id.toString(),
            new Topology(places),
            ReplicaSet.ofFull(SERVERS),
            NodeConfig.Times.ofLease(LeaseConfig.DEFAULT.length()),
            NodeConfig.Sizes.SMALL);
    NodeParts parts =
        new NodeParts() {
          @Override
          public Replica replica(Replica opened) {
            replicas.put(id, opened);
            return opened;
          }
        };
    Node node =
        Node.assemble(
            env, TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND), config, parts);
    nodes.put(id, node);
    node.start();
  }

  private ServerId leader(SimulatedWorld world) {
    until(world, () -> replicas.values().stream().anyMatch(Replica::leaseValidNow));
    return replicas.entrySet().stream()
        .filter(each -> each.getValue().leaseValidNow())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static void until(SimulatedWorld world, BooleanSupplier condition) {
    world.runUntil(condition, TIMEOUT);
  }

  /**
   * The two that stay do not hear each other, and their disks are slow: whoever takes over needs
   * the vote of the server that ends, which has nothing else to wait for by then.
   */
  @Test
  void itStaysUntilItsSuccessorHasItsVote() {
    for (int seed = 1; seed <= 3; seed++) {
      try (SimulatedWorld world = new SimulatedWorld(seed)) {
        SERVERS.forEach(id -> start(world, id, world.server(id)));
        until(world, () -> nodes.values().stream().allMatch(node -> node.started().isDone()));
        ServerId ends = leader(world);
        world.runFor(Duration.ofSeconds(1));
        List<ServerId> stay = SERVERS.stream().filter(id -> !id.equals(ends)).toList();
        world.network().cutBothWays(stay.getFirst(), stay.getLast());
        stay.forEach(id -> world.disk(id).slow(Duration.ofMillis(100)));
        Duration begun = world.elapsed();
        CompletableFuture<Void> done = nodes.get(ends).drain();
        until(world, done::isDone);
        assertThat(stay)
            .as("seed %d: who leads as it ends", seed)
            .anyMatch(id -> id.equals(replicas.get(id).leaderHint()));
        assertThat(world.elapsed().minus(begun)).isLessThan(LeaseConfig.DEFAULT.length());
      }
    }
  }
}
