package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.paxos.lease.BrokenLeases;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Shows that the random simulation would notice a broken rule of the leases (protocol H 3, 4, 8).
 */
final class BrokenRulesTest {
  private static final int SEEDS_MAX = 400;

  private static int seedsUntilNoticed(Doubles doubles) {
    for (int seed = 1; seed <= SEEDS_MAX; seed++) {
      try {
        new PaxosSimulation(seed, 3, doubles).run(Duration.ofSeconds(20), Duration.ofSeconds(12));
      } catch (AssertionError | RuntimeException noticed) {
        return seed;
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void noRestartSilenceIsNoticed() {
    Doubles doubles =
        new Doubles() {
          @Override
          public VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
            return BrokenLeases.withoutSilence(self, config, bound, now);
          }
        };
    assertThat(seedsUntilNoticed(doubles)).isLessThanOrEqualTo(SEEDS_MAX);
  }

  @Test
  void aVoterThatForgetsItsLeasesIsNoticed() {
    Doubles doubles =
        new Doubles() {
          @Override
          public VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
            return BrokenLeases.votingWithinLeases(self, config, bound, now);
          }
        };
    assertThat(seedsUntilNoticed(doubles)).isLessThanOrEqualTo(SEEDS_MAX);
  }
}
