package io.meridiandb.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.simulator.FakeDatabase.Bug;
import io.meridiandb.simulator.universe.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guards the simulator itself: an honest database passes, each planted bug is found. */
class SimulationTest {
  private static final List<String> CLASSIC = List.of("bank", "inserts", "registers", "orders");

  private static Report run(long seed, Bug bug) {
    Simulation.Options options =
        new Simulation.Options(seed, Duration.ofSeconds(10), false, CLASSIC, Shape.local(3), null);
    return new Simulation(options, new FakeDatabase(bug)).run(null);
  }

  @Test
  void anHonestDatabasePassesAndItsRunsAreEqual() {
    List<String> hashes = new ArrayList<>();
    long transactions = 0;
    for (long seed = 1; seed <= 10; seed++) {
      Report report = run(seed, Bug.NONE);
      assertThat(report.violations()).as("seed %d", seed).isEmpty();
      // Some seeds have faults enough to let little through; all together must do much.
      assertThat(report.transactions()).as("seed %d", seed).isGreaterThan(50);
      transactions += report.transactions();
      assertThat(run(seed, Bug.NONE)).isEqualTo(report);
      hashes.add(report.hash());
    }
    assertThat(hashes).doesNotHaveDuplicates();
    assertThat(transactions).isGreaterThan(2_000);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPlantedBugIsFoundInAFewSeeds(Bug bug) {
    List<String> found = new ArrayList<>();
    for (long seed = 1; seed <= 5; seed++) {
      found.addAll(run(seed, bug).violations());
    }
    assertThat(found).isNotEmpty().noneMatch(violation -> violation.contains("run broke"));
  }

  @Test
  void theReportIsOneLineOfJson() {
    String json = run(1, Bug.LOSES_MONEY).toJson();
    assertThat(json)
        .startsWith("{\"seed\":1,\"hash\":\"")
        .contains("\"events\":", "\"simulatedSeconds\":", "\"transactions\":", "\"mattered\":")
        .contains("\"violations\":[\"at PT")
        .doesNotContain("\n");
  }
}
