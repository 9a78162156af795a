package io.meridiandb.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guards that faults are over once they are healed: a core is a bare majority, and who waits for it
 * to write must not have one of its servers taken away by what was begun before.
 */
class NemesisTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  /** Longer than an end in order may take, and than whoever watches looks away. */
  private static final Duration LONG = Duration.ofSeconds(8);

  /** Ends in order never, leads, and says so when asked. */
  private record Stub(CompletableFuture<Boolean> leads, CompletableFuture<String> died)
      implements SimulatedNode {
    @Override
    public void start() {}

    @Override
    public CompletableFuture<?> started() {
      return CompletableFuture.completedFuture("");
    }

    @Override
    public CompletableFuture<?> drain() {
      return new CompletableFuture<>();
    }

    @Override
    public FrameChannel.Listener connect(FrameChannel toClient) {
      throw new AssertionError("no clients here");
    }
  }

  private final List<Stub> stubs = new ArrayList<>();
  private final SimulatedWorld world = new SimulatedWorld(1);
  private final SimulatedUniverse universe =
      new SimulatedUniverse(world, (env, self, shape, bound) -> stub(), Shape.local(3));
  private final Nemesis nemesis =
      new Nemesis(
          universe,
          new Swarm(
              LinkConditions.of(SHORT, SHORT), Swarm.Odds.NONE, Duration.ZERO, false, List.of()));

  private Stub stub() {
    Stub stub = new Stub(new CompletableFuture<>(), new CompletableFuture<>());
    stubs.add(stub);
    return stub;
  }

  private void begin() {
    nemesis.prepare();
    universe.startAll(LONG);
    world.schedule(Duration.ZERO, nemesis::begin);
    world.runFor(SHORT);
  }

  private List<ServerId> healCore() {
    List<ServerId> core = new ArrayList<>();
    world.schedule(Duration.ZERO, () -> core.addAll(nemesis.healCore()));
    world.runFor(SHORT);
    return core;
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void anEndInOrderThatHasBegunTakesNobodyOutOfTheCoreLater() {
    begin();
    world.schedule(
        Duration.ZERO,
        () -> universe.members().forEach(server -> universe.drain(server, () -> {})));
    world.runFor(SHORT);
    List<ServerId> core = healCore();
    assertThat(stubs).as("those of the core are started anew").hasSizeGreaterThanOrEqualTo(5);
    world.runFor(LONG);
    assertThat(universe.running()).containsAll(core);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"leader-killed", "leader-without-power", "leader-drained", "leader-paused"})
  void aStrikeThatStillLooksForALeaderDoesNotHappen(String kind) {
    begin();
    world.schedule(Duration.ZERO, () -> nemesis.strike(FaultCatalog.named(kind)));
    world.runFor(SHORT);
    List<ServerId> core = healCore();
    stubs.forEach(stub -> stub.leads().complete(true));
    world.runFor(LONG);
    assertThat(universe.running()).containsAll(core);
    assertThat(world.faults().counts()).doesNotContainKey("server-pause");
  }

  @Test
  void whoDiesOfWhatItsDiskDidBeforeIsStartedAgain() {
    begin();
    List<ServerId> core = healCore();
    stubs.forEach(stub -> stub.died().complete("a force failed"));
    world.runFor(LONG);
    assertThat(universe.running()).containsAll(core);
    assertThat(core).noneMatch(server -> universe.node(server).died().isDone());
  }
}
