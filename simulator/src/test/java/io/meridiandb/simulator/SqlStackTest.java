package io.meridiandb.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.simulator.universe.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards the stack from SQL down to the log under crashes, with one replica in place of Paxos. */
class SqlStackTest {
  private static Simulation.Options options(long seed, boolean forcesIgnored) {
    return new Simulation.Options(
        seed,
        Duration.ofSeconds(6),
        forcesIgnored,
        List.of("bank", "inserts", "registers", "orders"),
        Shape.local(3),
        null);
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 4})
  void nothingAcknowledgedIsLostAndTheRunRepeats(long seed) {
    Simulation.Options options = options(seed, false);
    Report report = new Simulation(options, new LoneLeaderAssembly()).run(null);
    assertThat(report.violations()).isEmpty();
    assertThat(report.transactions()).isGreaterThan(50);
    assertThat(new Simulation(options, new LoneLeaderAssembly()).run(null)).isEqualTo(report);
  }

  @Test
  void disksThatLieAboutForcesAreFoundOut() {
    List<String> found = new ArrayList<>();
    for (long seed = 12; found.isEmpty() && seed < 40; seed++) {
      Simulation.Options options = options(seed, true);
      found.addAll(new Simulation(options, new LoneLeaderAssembly()).run(null).violations());
    }
    assertThat(found).isNotEmpty();
  }
}
