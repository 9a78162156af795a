package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.List;
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
      if (seed % 2 == 0) {
        world.withLittleMemory();
      }
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

  /** Protocol G6, G20, G25, G26: any members become any others, replicas of all kinds, images. */
  @Test
  void noRuleBreaksWhileMembersChange() {
    int changes = 0;
    int installs = 0;
    int witnesses = 0;
    int replaced = 0;
    for (long seed = 1; seed <= 60; seed++) {
      PaxosSimulation world =
          new PaxosSimulation(seed, 5, RandomizedPaxosTest::begin, Doubles.NONE);
      try {
        if (seed % 2 == 0) {
          world.withLittleMemory();
        }
        world.run(Duration.ofSeconds(30), Duration.ofSeconds(25));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      changes += world.changes;
      installs += world.installs;
      witnesses += world.witnesses;
      replaced += world.replaced;
    }
    assertThat(changes).isGreaterThan(50);
    assertThat(installs).isGreaterThan(25);
    assertThat(witnesses).isGreaterThan(10);
    assertThat(replaced).isGreaterThan(5);
  }

  @Test
  @Tag("deep")
  void manySeedsWhileMembersChange() {
    for (long seed = 1_000; seed < 3_000; seed++) {
      try {
        new PaxosSimulation(seed, 5, RandomizedPaxosTest::begin, Doubles.NONE)
            .run(Duration.ofSeconds(30), Duration.ofSeconds(25));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static ReplicaSet begin(List<ServerId> ids) {
    return ReplicaSet.of(ids.subList(0, 2), ids.subList(2, 3), ids.subList(3, 4));
  }

  @Test
  @Tag("deep")
  void manySeeds() {
    for (long seed = 1_000; seed < 3_000; seed++) {
      run(seed, seed % 3 == 0 ? 5 : 3);
    }
  }
}
