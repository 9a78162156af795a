package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Where faults strike: the universe, its victims, and what is to be undone later. */
public final class Scene {
  private final SimulatedUniverse universe;
  private final RandomSource random;
  private final Operator operator;
  private List<ServerId> spared = List.of();
  private boolean healed;
  private boolean rotted;

  Scene(SimulatedUniverse universe, RandomSource random) {
    this.universe = universe;
    this.random = random;
    this.operator = new Operator(universe, random.fork("operator"), () -> healed);
  }

  /** Who does things by SQL. */
  Operator operator() {
    return operator;
  }

  SimulatedUniverse universe() {
    return universe;
  }

  SimulatedWorld world() {
    return universe.world();
  }

  RandomSource random() {
    return random;
  }

  /** Whether faults are over. */
  boolean healed() {
    return healed;
  }

  void heal() {
    healed = true;
  }

  /** From now on nothing happens to these. */
  void spare(List<ServerId> servers) {
    spared = List.copyOf(servers);
  }

  /** All servers to which something may happen. */
  List<ServerId> victims() {
    List<ServerId> victims = new ArrayList<>(universe.members());
    victims.removeAll(spared);
    return victims;
  }

  /** One of them. */
  ServerId victim() {
    List<ServerId> victims = victims();
    return victims.get(random.nextInt(victims.size()));
  }

  /** The only server whose files may rot: there is always a good copy at another. */
  ServerId rotting() {
    List<ServerId> all = universe.members();
    return all.get(Math.floorMod(world().seed(), all.size()));
  }

  /** Files of that server have rotted: what it has of rows may be good for nothing. */
  void rots() {
    rotted = true;
  }

  /** Whether they have. */
  boolean hasRotted() {
    return rotted;
  }

  /** The servers of one region, drawn. */
  List<ServerId> region() {
    List<String> regions = universe.shape().regions();
    return universe.shape().named(regions.get(random.nextInt(regions.size())));
  }

  /** Two halves of the servers, drawn. */
  List<List<ServerId>> halves() {
    List<ServerId> left = shuffled();
    int size = 1 + random.nextInt(left.size() - 1);
    return List.of(left.subList(0, size), left.subList(size, left.size()));
  }

  /** All servers in an order that is drawn. */
  List<ServerId> shuffled() {
    List<ServerId> left = new ArrayList<>(universe.members());
    List<ServerId> drawn = new ArrayList<>();
    while (!left.isEmpty()) {
      drawn.add(left.remove(random.nextInt(left.size())));
    }
    return drawn;
  }

  Duration between(int fromMillis, int toMillis) {
    return Duration.ofMillis(fromMillis + random.nextInt(toMillis - fromMillis));
  }

  /** Does something later, unless all is healed by then. */
  void later(Duration delay, Runnable action) {
    world()
        .schedule(
            delay,
            () -> {
              if (!healed) {
                action.run();
              }
            });
  }

  /** Starts a server again after a while. */
  void startLater(ServerId server, Duration delay) {
    later(delay, () -> universe.start(server));
  }
}
