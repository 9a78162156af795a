package io.meridiandb.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import io.meridiandb.simulator.scenario.ScenarioReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guards protocol G10 for a whole universe: a clock that leaves its bounds costs its server its
 * leaderships, and no history its order.
 */
class ClockFaultsTest {
  /** Seeds whose liar is the first, the second and the third server. */
  @ParameterizedTest
  @ValueSource(longs = {6, 9, 12})
  void aClockBeyondItsBoundBreaksNoHistory(long seed) {
    String script =
        """
        seed %d
        regions eu, us, ap with 1 server each, three-regions
        workloads list-append, registers, bank
        length 14s
        at 1s fault clock-beyond-bound
        at 4s fault clock-strobe-beyond-bound
        at 7s fault clock-beyond-bound
        at 10s fault clock-strobe-beyond-bound
        expect no write outage over 15s
        """
            .formatted(seed);
    Report report =
        new Simulation(new Simulation.Options(ScenarioReader.read(script)), new NodeAssembly())
            .run(null);
    assertThat(report.violations()).isEmpty();
    assertThat(report.faults().get("clock-beyond-bound").mattered()).isPositive();
  }
}
