package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.Simulation;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What both commands take. */
final class RunOptions {
  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "15",
      description = "Virtual seconds with faults (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--ignore-forces",
      description = "Disks acknowledge forces and do nothing; then violations must be found.")
  private boolean forcesIgnored;

  Simulation.Options of(long seed) {
    return new Simulation.Options(seed, Duration.ofSeconds(seconds), forcesIgnored);
  }
}
