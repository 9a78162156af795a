package io.meridiandb.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards the whole product, as {@code sim run} runs it: three real servers, faults, checks. */
class UniverseTest {
  @ParameterizedTest
  @ValueSource(longs = {3, 10})
  void nothingAcknowledgedIsLostAndTheRunRepeats(long seed) {
    Simulation.Options options = new Simulation.Options(seed, Duration.ofSeconds(3), false);
    Report report = new Simulation(options, new NodeAssembly()).run(null);
    assertThat(report.violations()).isEmpty();
    assertThat(report.transactions()).isGreaterThan(20);
    assertThat(new Simulation(options, new NodeAssembly()).run(null)).isEqualTo(report);
  }
}
