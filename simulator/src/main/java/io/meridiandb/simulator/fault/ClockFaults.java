package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import java.time.Duration;
import java.util.List;

/**
 * A clock that leaves its bounds, until somebody sets it right and starts its server again.
 *
 * <p>Histories must stay strictly serializable all the same: the clock steps by far more than its
 * bound, so the server knows at its first reading, before it answers anything (protocol G10). An
 * error below the sum of two bounds could not be proved by anybody, and may break the order of
 * transactions in any system that trusts a bound; so could a majority of clocks that lie together.
 * Neither is among the faults: in one run only one server's clock lies.
 */
final class ClockFaults {
  private static final String BEYOND = "clock-beyond-bound";
  private static final String FENCED = "truetime.fenced";

  /** More than a lease and any round trip; clocks may be off by 20 ms. */
  private static final int SECONDS_MIN = 10;

  private static final int SECONDS_MAX = 3_600;
  private static final int STROBES = 50;
  private static final Duration STROBE_PAUSE = Duration.ofMillis(1);

  private ClockFaults() {}

  static List<FaultKind> all() {
    return List.of(
        new FaultKind(BEYOND, BEYOND, ClockFaults::step),
        new FaultKind("clock-strobe-beyond-bound", BEYOND, ClockFaults::strobe));
  }

  /** The only server whose clock lies. */
  private static ServerId liar(Scene scene) {
    List<ServerId> all = scene.universe().members();
    return all.get((int) Math.floorMod(scene.world().seed() / 3, (long) all.size()));
  }

  private static Duration beyond(Scene scene) {
    Duration lie = Duration.ofSeconds(SECONDS_MIN + scene.random().nextInt(SECONDS_MAX));
    return scene.random().chance(1, 2) ? lie : lie.negated();
  }

  private static void step(Scene scene) {
    lie(scene, List.of(beyond(scene)));
  }

  private static void strobe(Scene scene) {
    Duration there = beyond(scene);
    lie(scene, List.of(there, Duration.ZERO));
  }

  /** Steps through {@code lies} over and over if there are several. */
  private static void lie(Scene scene, List<Duration> lies) {
    ServerId liar = liar(scene);
    SimulatedWorld world = scene.world();
    world.faults().fired(BEYOND);
    long life = world.life(liar);
    if (life == 0) {
      return;
    }
    long before = fencedCount(world, liar);
    int steps = lies.size() == 1 ? 1 : STROBES;
    for (int i = 0; i < steps; i++) {
      long nanos = lies.get(i % lies.size()).toNanos();
      world.schedule(
          STROBE_PAUSE.multipliedBy(i),
          () -> {
            if (world.life(liar) == life) {
              world.clocks(liar).lieInThisLife(nanos);
            }
          });
    }
    world.schedule(
        scene.between(100, 5_000),
        () -> {
          if (fencedCount(world, liar) > before) {
            world.faults().mattered(BEYOND);
          }
          if (world.life(liar) == life) {
            scene.universe().kill(liar);
            scene.universe().start(liar);
          }
        });
  }

  private static long fencedCount(SimulatedWorld world, ServerId server) {
    return world.counters(server).getOrDefault(FENCED, 0L);
  }
}
