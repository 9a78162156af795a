package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Option(names = "--seed", paramLabel = "N", required = true, description = "The seed.")
  private long seed;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Writes a line for everything that goes into the hash.")
  private @Nullable Path trace;

  @Override
  public Integer call() throws IOException {
    Simulation simulation = new Simulation(options.of(seed), new NodeAssembly());
    Path file = trace;
    Report report;
    if (file == null) {
      report = simulation.run(null);
    } else {
      try (PrintWriter lines =
          new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
        report = simulation.run(lines::println);
      }
    }
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(report.toJson());
      out.flush();
    }
    return report.violations().isEmpty() ? 0 : 1;
  }
}
