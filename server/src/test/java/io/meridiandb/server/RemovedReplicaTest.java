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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A server whose replica was removed clears it away, whenever it crashes (protocol G6, G26). */
final class RemovedReplicaTest {
  private static final UniverseId UNIVERSE = new UniverseId(7, 8);
  private static final List<ServerId> THREE = ids(1, 2, 3);
  private static final ServerId FOURTH = new ServerId(4);
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final Map<ServerId, Node> nodes = new TreeMap<>();
  private final Map<ServerId, Replica> replicas = new TreeMap<>();

  private static List<ServerId> ids(int... numbers) {
    return Arrays.stream(numbers).mapToObj(ServerId::new).toList();
  }

  private void start(SimulatedWorld world, ServerId id, Env env) {
    List<ServerPlace> places =
        ids(1, 2, 3, 4).stream()
            .map(each -> new ServerPlace(each, each.toString(), "region", "zone-" + each))
            .toList();
    NodeConfig config =
        new NodeConfig(
            new ServerIdentity(UNIVERSE, id, world.life(id)),
            id.toString(),
            new Topology(places),
            ReplicaSet.ofFull(ids(1, 2, 3, 4)),
            new NodeConfig.Times(LeaseConfig.SHORT, Duration.ofMinutes(5)),
            NodeConfig.Sizes.SMALL);
    NodeParts parts =
        new NodeParts() {
          @Override
          public Replica replica(Replica opened) {
            replicas.put(id, opened);
            return opened;
          }
        };
    replicas.remove(id);
    Node node =
        Node.assemble(
            env, TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND), config, parts);
    nodes.put(id, node);
    node.start();
    until(world, node.started()::isDone);
    node.started().join();
  }

  private static void until(SimulatedWorld world, BooleanSupplier condition) {
    world.runUntil(condition, TIMEOUT);
  }

  private @Nullable Replica leader() {
    return replicas.values().stream().filter(Replica::leaseValidNow).findFirst().orElse(null);
  }

  private static boolean hasData(SimulatedWorld world) {
    return world.disk(FOURTH).paths().stream().anyMatch(path -> path.contains("tablet/0/"));
  }

  /** Four servers, of which the fourth is removed while it is away, and comes back. */
  private void removeTheFourth(SimulatedWorld world) throws Exception {
    for (ServerId id : ids(1, 2, 3, 4)) {
      start(world, id, world.server(id));
    }
    until(
        world,
        () -> world.disk(FOURTH).paths().stream().anyMatch(each -> each.endsWith("0/MANIFEST")));
    world.runFor(Duration.ofSeconds(1));
    world.crash(FOURTH);
    replicas.remove(FOURTH);
    until(world, () -> leader() != null);
    Replica leader = leader();
    CompletableFuture<Void> changed = new CompletableFuture<>();
    for (Map.Entry<ServerId, Replica> each : replicas.entrySet()) {
      if (each.getValue() == leader) {
        world.scheduleFor(
            each.getKey(),
            Duration.ZERO,
            () ->
                leader
                    .changeMembers(ReplicaSet.ofFull(THREE))
                    .whenComplete((done, error) -> changed.complete(null)));
      }
    }
    until(world, changed::isDone);
    start(world, FOURTH, world.restart(FOURTH));
    assertThat(hasData(world)).isTrue();
  }

  private static long removals(SimulatedWorld world) {
    return world.counters(FOURTH).getOrDefault("server.replicas.removed", 0L);
  }

  @Test
  void itsLogAndItsDataGoAndDoNotComeBack() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      removeTheFourth(world);
      until(world, () -> removals(world) == 1);
      until(world, () -> !hasData(world));
      assertThat(nodes.get(FOURTH).statusNow().groups()).isEmpty();
      world.crash(FOURTH);
      Env env = world.restart(FOURTH);
      env.disk().open("tablet/0/left-by-a-crash.tab").close();
      assertThat(hasData(world)).isTrue();
      start(world, FOURTH, env);
      assertThat(nodes.get(FOURTH).statusNow().groups()).as("the first members it knows").isEmpty();
      assertThat(hasData(world)).isFalse();
      assertThat(world.failures()).isEmpty();
    }
  }

  @Test
  void aCrashAtAnyMomentLeavesNothingBehind() throws Exception {
    for (int step = 0; step < 6; step++) {
      try (SimulatedWorld world = new SimulatedWorld(10 + step)) {
        removeTheFourth(world);
        long before = removals(world);
        until(world, () -> removals(world) > before);
        world.runFor(Duration.ofNanos(150_000L * step));
        world.crash(FOURTH);
        start(world, FOURTH, world.restart(FOURTH));
        until(world, () -> !hasData(world));
        until(world, () -> nodes.get(FOURTH).statusNow().groups().isEmpty());
        assertThat(world.failures()).isEmpty();
      }
    }
  }
}
