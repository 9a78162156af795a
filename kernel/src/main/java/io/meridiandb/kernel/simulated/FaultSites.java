package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.fault.Faults;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fault sites of a world. By default none ever fires. Once a rate is set, the seed switches
 * each site on or off for the whole run, so that runs differ in kind and not only in dice.
 */
public final class FaultSites {
  private final SimulatedWorld world;
  private final Map<String, RandomSource> dice = new TreeMap<>();
  private final Map<String, Boolean> switchedOn = new TreeMap<>();
  private final Map<String, Long> fired = new TreeMap<>();
  private int numerator;
  private int denominator = 1;

  FaultSites(SimulatedWorld world) {
    this.world = world;
  }

  /** Sets how often a site that is switched on takes its rare path. */
  public void rate(int timesOutOf, int all) {
    numerator = timesOutOf;
    denominator = all;
  }

  /** How often each site took its rare path, by name. */
  public Map<String, Long> fired() {
    return new TreeMap<>(fired);
  }

  Faults of(Incarnation home) {
    return site -> home.alive() && maybe(site);
  }

  private boolean maybe(String site) {
    world.checkTurn();
    if (numerator == 0) {
      return false;
    }
    RandomSource die =
        dice.computeIfAbsent(
            site, name -> new SeededRandom(world.seed()).fork("faults").fork(name));
    boolean on = switchedOn.computeIfAbsent(site, name -> die.chance(1, 2));
    boolean fires = on && die.chance(numerator, denominator);
    if (fires) {
      fired.merge(site, 1L, Long::sum);
      world.faults().fired(site);
      world.faults().mattered(site); // whoever asks would have taken another path
      world.trace().add(site);
      world.trace().line(world.queue().now(), () -> "fault " + site);
    }
    return fires;
  }
}
