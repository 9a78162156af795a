package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code meridian sim run}: one seed. */
@Command(
    name = "run",
    description =
        "Runs one seed and prints one line of JSON; exit status 1 if it found violations.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final RunOptions options = new RunOptions();
  @Mixin private final OneRun run = new OneRun();
  @Mixin private final Failures failures = new Failures();

  @Option(names = "--seed", paramLabel = "N", required = true, description = "The seed.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
    Simulation.Options wanted = options.of(seed);
    Report report = run.play(wanted, command);
    if (!report.violations().isEmpty()) {
      failures.leave(report, wanted, command.commandLine().getErr());
    }
    return report.violations().isEmpty() && !run.differs() ? 0 : 1;
  }
}
