package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.universe.Tables;
import java.time.Duration;

/** A simulated universe, where absolute time is known. */
public final class SimulatedSetting implements Setting {
  private final SimulatedUniverse universe;

  /** Of one universe. */
  public SimulatedSetting(SimulatedUniverse universe) {
    this.universe = universe;
  }

  @Override
  public Timestamp trueTime() {
    return universe.world().trueTime();
  }

  @Override
  public long errorNanos() {
    return 0;
  }

  @Override
  public long clockBoundNanos() {
    return universe.members().stream()
        .mapToLong(server -> universe.world().clocks(server).boundNanos())
        .max()
        .orElse(0);
  }

  @Override
  public Duration elapsed() {
    return universe.world().elapsed();
  }

  @Override
  public String found(String violation) {
    universe.world().say("VIOLATION " + violation);
    return elapsed() + ", event " + universe.world().events();
  }

  @Override
  public RandomSource random(String name) {
    return universe.world().random(name);
  }

  @Override
  public Tables tables() {
    return universe.tables();
  }
}
