package io.meridiandb.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.simulator.workload.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards the recorded workloads: honest answers pass, an answer of yesterday is noticed. */
class RecordedWorkloadsTest {
  private static Report run(long seed, String workload, SimulatedNode.Assembly assembly) {
    Simulation.Options options =
        new Simulation.Options(
            seed, Duration.ofSeconds(2), false, List.of(workload), Shape.local(3), null);
    return new Simulation(options, assembly).run(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "read-write",
        "list-append",
        "ledger",
        "write-skew",
        "long-fork",
        "comments",
        "monotonic",
        "set",
        "sequential"
      })
  void honestAnswersPassAndStaleOnesAreNoticed(String workload) {
    Report honest = run(21, workload, new LoneLeaderAssembly());
    assertThat(honest.violations()).isEmpty();
    assertThat(honest.transactions()).isGreaterThan(20);
    List<String> found = new ArrayList<>();
    for (long seed = 21; found.isEmpty() && seed < 27; seed++) {
      found.addAll(run(seed, workload, new StaleAssembly(new LoneLeaderAssembly())).violations());
    }
    assertThat(found).isNotEmpty().noneMatch(violation -> violation.contains("run broke"));
  }

  @Test
  void everyWorkloadIsDrawnBySomeSeeds() {
    List<String> drawn = new ArrayList<>();
    for (long seed = 1; seed <= 40; seed++) {
      drawn.addAll(Workloads.draw(new SeededRandom(seed)));
    }
    assertThat(drawn).containsAll(Workloads.names());
  }
}
