package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import java.time.Duration;
import java.util.List;

/** Does the faults of a {@link Swarm} to a universe until it is told to heal. */
public final class Nemesis {
  private static final int HURT_LOOKS = 400;
  private static final Duration HURT_LOOK_PAUSE = Duration.ofNanos(100_000);
  private static final int DOWN_MILLIS_MAX = 3_000;
  private static final int CUT_MILLIS_MAX = 6_000;
  private static final int PAUSE_MILLIS_MAX = 5_000;
  private static final int STALL_MILLIS_MAX = 4_000;

  private final SimulatedUniverse universe;
  private final SimulatedWorld world;
  private final Swarm swarm;
  private final RandomSource random;
  private boolean healed;

  /** Draws its times and victims from the world's seed. */
  public Nemesis(SimulatedUniverse universe, Swarm swarm) {
    this.universe = universe;
    this.world = universe.world();
    this.swarm = swarm;
    this.random = world.random("nemesis");
  }

  /** What holds from the first start on: latencies and clocks, no faults yet. */
  public void prepare() {
    world.network().standard(swarm.latency());
    for (ServerId server : universe.members()) {
      world.clocks(server).bound(swarm.clockBound().toNanos());
    }
  }

  /** Begins. */
  public void begin() {
    world
        .network()
        .standard(
            swarm
                .latency()
                .withFaults(
                    swarm.lossPerMillion(),
                    swarm.duplicatePerMillion(),
                    swarm.reorderPerMillion()));
    repeat(swarm.crashMean(), this::crash);
    repeat(swarm.cutMean(), this::cut);
    repeat(swarm.pauseMean(), () -> world.pause(victim(), upTo(PAUSE_MILLIS_MAX)));
    repeat(swarm.stallMean(), () -> world.disk(victim()).stall(upTo(STALL_MILLIS_MAX)));
    repeat(swarm.breakMean(), universe::breakSomeLink);
  }

  /** Ends all faults; servers that are down start again. */
  public void heal() {
    healed = true;
    world.network().standard(swarm.latency());
    universe.joinAll();
    universe.members().forEach(universe::start);
  }

  private void repeat(Duration mean, Runnable fault) {
    if (mean.isZero() || healed) {
      return;
    }
    world.schedule(
        upTo((int) (2 * mean.toMillis())),
        () -> {
          if (!healed) {
            fault.run();
            repeat(mean, fault);
          }
        });
  }

  private Duration upTo(int millis) {
    return Duration.ofMillis(1 + random.nextInt(millis));
  }

  private ServerId victim() {
    List<ServerId> servers = universe.members();
    return servers.get(random.nextInt(servers.size()));
  }

  /** Mostly one server, sometimes all at once; mostly its power, sometimes only its process. */
  private void crash() {
    List<ServerId> victims = random.chance(1, 6) ? universe.members() : List.of(victim());
    boolean power = random.chance(3, 4);
    if (power && random.chance(1, 2)) {
      crashWhenItHurts(victims, HURT_LOOKS);
    } else {
      crashNow(victims, power);
    }
  }

  /**
   * Waits for a moment at which bytes are not forced yet; they are few, so chance seldom meets
   * them.
   */
  private void crashWhenItHurts(List<ServerId> victims, int looksLeft) {
    if (looksLeft == 0 || world.disk(victims.getFirst()).hasUnforced()) {
      crashNow(victims, true);
    } else if (!healed) {
      world.schedule(HURT_LOOK_PAUSE, () -> crashWhenItHurts(victims, looksLeft - 1));
    }
  }

  private void crashNow(List<ServerId> victims, boolean power) {
    if (healed) {
      return;
    }
    for (ServerId server : victims) {
      if (power) {
        universe.crash(server);
      } else {
        universe.kill(server);
      }
      world.schedule(
          upTo(DOWN_MILLIS_MAX),
          () -> {
            if (!healed) {
              universe.start(server);
            }
          });
    }
  }

  /** One direction, both, or a server from all others. */
  private void cut() {
    ServerId one = victim();
    ServerId other = victim();
    switch (random.nextInt(3)) {
      case 0 -> world.network().cut(one, other);
      case 1 -> world.network().cutBothWays(one, other);
      default -> world.network().isolate(one);
    }
    world.schedule(upTo(CUT_MILLIS_MAX), universe::joinAll);
  }
}
