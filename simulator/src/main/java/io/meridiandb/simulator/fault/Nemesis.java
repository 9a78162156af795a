package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.FaultCounts;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Does the faults of a {@link Swarm} to a universe. First everywhere at random; then, if asked, a
 * core is healed and the rest stays broken for ever; then all is healed.
 */
public final class Nemesis {
  /** So long after a strike it is seen whether it mattered. */
  private static final Duration PROOF_AFTER = Duration.ofSeconds(8);

  /** What is counted where clocks begin as far apart as they may. */
  static final String CLOCKS_APART = "clocks-apart";

  private static final Duration WATCH_PAUSE = Duration.ofSeconds(2);

  private final SimulatedUniverse universe;
  private final SimulatedWorld world;
  private final Swarm swarm;
  private final List<String> strikes = new ArrayList<>();
  private Scene scene;
  private Duration begun = Duration.ZERO;
  private boolean watched;

  /** Draws its times and victims from the world's seed. */
  public Nemesis(SimulatedUniverse universe, Swarm swarm) {
    this.universe = universe;
    this.world = universe.world();
    this.swarm = swarm;
    this.scene = new Scene(universe, world.random("nemesis"));
  }

  /** What holds from the first start on: latencies and clocks, no faults yet. */
  public void prepare() {
    world.network().standard(swarm.latency());
    for (ServerId server : universe.members()) {
      world.clocks(server).bound(swarm.clockBound().toNanos());
    }
    if (swarm.clocksApart() && !swarm.clockBound().isZero()) {
      world.faults().fired(CLOCKS_APART);
      world.faults().mattered(CLOCKS_APART);
      universe.members().forEach(server -> setApart(server, scene.random().chance(1, 2)));
    }
  }

  /** Puts a clock to an end of its bounds, from which it drifts slowly to the other. */
  private void setApart(ServerId server, boolean fast) {
    world.clocks(server).step(fast ? 4 * 2 * swarm.clockBound().toNanos() : 0);
  }

  /** Begins; inside of the world. */
  public void begin() {
    begun = world.elapsed();
    Swarm.Odds odds = swarm.odds();
    world
        .network()
        .standard(swarm.latency().withFaults(odds.loss(), odds.duplicate(), odds.reorder()));
    swarm.planned().forEach(this::repeat);
    if (!watched) {
      watched = true;
      restartTheDead();
    }
  }

  /**
   * As somebody does who watches over the servers, and stays when the faults are over: a force that
   * was told to fail before may end its server only after that.
   */
  private void restartTheDead() {
    world.schedule(
        WATCH_PAUSE,
        () -> {
          universe.members().forEach(universe::restartIfDead);
          restartTheDead();
        });
  }

  private void repeat(Swarm.Planned planned) {
    int millis = (int) (2 * planned.mean().toMillis());
    scene.later(
        Duration.ofMillis(1 + scene.random().nextInt(millis)),
        () -> {
          strike(planned.kind());
          repeat(planned);
        });
  }

  /** Begins, also anew after all was healed; what it draws goes on from where it was. */
  public void resume() {
    if (scene.healed()) {
      scene = new Scene(universe, scene.random());
    }
    begin();
  }

  /** What struck so far, each as the line of a scenario that does it at that time. */
  public List<String> strikes() {
    return List.copyOf(strikes);
  }

  /** Does one fault now; inside of the world. */
  public void strike(FaultKind kind) {
    long millis = world.elapsed().minus(begun).toMillis();
    strikes.add("at " + millis + "ms fault " + kind.name());
    world.say("fault " + kind.name());
    long before = mattered(kind.proof());
    if (!kind.name().equals(kind.proof())) {
      world.faults().fired(kind.name());
      world.schedule(
          PROOF_AFTER,
          () -> {
            if (mattered(kind.proof()) > before) {
              world.faults().mattered(kind.name());
            }
          });
    }
    kind.strike().accept(scene);
  }

  private long mattered(String count) {
    return world.faults().counts().getOrDefault(count, new FaultCounts.Count(0, 0)).mattered();
  }

  /**
   * Ends the faults of a core, a bare majority of the voters; all other servers stay as broken as
   * they can be, for ever: without power, or cut off in one direction.
   *
   * @return the core
   */
  public List<ServerId> healCore() {
    scene.heal();
    world.network().standard(swarm.latency());
    universe.joinAll();
    universe.members().forEach(this::repair);
    List<ServerId> voters = new ArrayList<>(universe.shape().firstVoters());
    int majority = voters.size() / 2 + 1;
    if (scene.hasRotted()) {
      voters.remove(scene.rotting()); // the only good copy of a row may be with who breaks for ever
    }
    List<ServerId> core = new ArrayList<>();
    for (int needed = majority; needed > 0; needed--) {
      core.add(voters.remove(scene.random().nextInt(voters.size())));
    }
    core.sort(null);
    for (ServerId broken : universe.members()) {
      if (!core.contains(broken)) {
        breakForEver(broken, core);
      }
    }
    core.forEach(universe::start);
    return core;
  }

  private void breakForEver(ServerId broken, List<ServerId> core) {
    switch (scene.random().nextInt(3)) {
      case 0 -> universe.crash(broken);
      case 1 -> core.forEach(server -> world.network().cut(broken, server));
      default -> core.forEach(server -> world.network().cut(server, broken));
    }
  }

  /**
   * Ends what was begun: also an end in order, which would take the server away some seconds later,
   * when nobody starts it again.
   */
  private void repair(ServerId server) {
    world.disk(server).repair();
    universe.killIfDraining(server);
    universe.restartIfDead(server);
  }

  /** Ends all faults; servers that are down start again. */
  public void heal() {
    scene.heal();
    world.network().standard(swarm.latency());
    universe.joinAll();
    universe.members().forEach(this::repair);
    universe.members().forEach(universe::start);
  }
}
