package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Guards reliability C 1-3, 5, 8, 12 under random faults, on the real core and leases. */
final class RandomizedPaxosTest {
  private int reigns;
  private int chosen;
  private int handOvers;
  private int crashes;

  private void run(long seed, int size) {
    PaxosSimulation world = new PaxosSimulation(seed, size, Doubles.NONE);
    try {
      world.run(Duration.ofSeconds(20), Duration.ofSeconds(12));
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ", " + size + " servers: " + e.getMessage(), e);
    }
    reigns += world.reigns;
    chosen += world.chosenCount();
    handOvers += world.handOvers;
    crashes += world.crashes;
  }

  @Test
  void noRuleBreaksUnderFaultsAndEverythingComesToRest() {
    for (long seed = 1; seed <= 150; seed++) {
      run(seed, seed % 3 == 0 ? 5 : 3);
    }
    run(99, 1);
    // The runs must have been worth something.
    assertThat(reigns).isGreaterThan(100);
    assertThat(chosen).isGreaterThan(1_000);
    assertThat(handOvers).isGreaterThan(10);
    assertThat(crashes).isGreaterThan(30);
  }

  @Test
  @Tag("deep")
  void manySeeds() {
    for (long seed = 1_000; seed < 3_000; seed++) {
      run(seed, seed % 3 == 0 ? 5 : 3);
    }
  }
}
