package io.meridiandb.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.workload.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Runs seeds of the whole product, as {@code sim sweep} does, so many that each workload is met.
 */
class SeedsTest {
  private static final int SEEDS = 40;

  /**
   * Runs the seeds on all cores.
   *
   * @return what was wrong, and by which command one sees it again
   */
  private static List<String> violations(Duration faults) throws InterruptedException {
    List<Future<Report>> runs = new ArrayList<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (long seed = 1; seed <= SEEDS; seed++) {
        Simulation simulation =
            new Simulation(new Simulation.Options(seed, faults, false), new NodeAssembly());
        runs.add(pool.submit(() -> simulation.run(null)));
      }
      List<String> found = new ArrayList<>();
      for (int i = 0; i < SEEDS; i++) {
        for (String violation : runs.get(i).get().violations()) {
          found.add(
              "./meridian sim run --seed %d --seconds %d: %s"
                  .formatted(i + 1, faults.toSeconds(), violation));
        }
      }
      return found;
    } catch (ExecutionException e) {
      throw new AssertionError("a run broke", e);
    }
  }

  /** With what comes before and after the faults, a minute of virtual time each. */
  @Test
  void nothingIsFoundInFortySeedsOfAMinute() throws InterruptedException {
    assertThat(violations(Duration.ofSeconds(45))).isEmpty();
  }

  @Test
  void eachWorkloadIsDrawn() {
    Set<String> drawn = new TreeSet<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      try (SimulatedWorld world = new SimulatedWorld(seed)) {
        drawn.addAll(Workloads.draw(world.random("workloads")));
      }
    }
    assertThat(drawn).containsExactlyInAnyOrderElementsOf(Workloads.names());
  }
}
