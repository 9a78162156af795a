package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Strands;

/** Strands of one incarnation. Blocking ones are like the others: nothing blocks in simulation. */
final class SimulatedStrands implements Strands {
  private final Incarnation home;

  SimulatedStrands(Incarnation home) {
    this.home = home;
  }

  @Override
  public Strand create(String name) {
    home.checkAlive();
    return new SimulatedStrand(home, name);
  }

  @Override
  public Strand createBlocking(String name) {
    return create(name);
  }
}
