package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.Simulation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What both commands take. */
final class RunOptions {
  /** A day. */
  private static final int SECONDS_MAX = 86_400;

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

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  Simulation.Options of(long seed) {
    if (seconds < 1 || seconds > SECONDS_MAX) {
      String message = "--seconds must be 1 to %d, not %d".formatted(SECONDS_MAX, seconds);
      throw spec == null
          ? new IllegalArgumentException(message)
          : new ParameterException(spec.commandLine(), message);
    }
    return new Simulation.Options(seed, Duration.ofSeconds(seconds), forcesIgnored);
  }
}
