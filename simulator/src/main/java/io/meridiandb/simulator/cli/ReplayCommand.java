package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import io.meridiandb.simulator.scenario.ScenarioReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meridian sim replay}: a run that somebody, or a failing seed, wrote down. */
@Command(
    name = "replay",
    description =
        "Runs a scenario file and prints one line of JSON; exit status 1 if it found violations.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The scenario.")
  private Path file = Path.of("");

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Writes who sent what to whom, and all else that happened, in its order.")
  private @Nullable Path trace;

  @Override
  public Integer call() throws IOException {
    Simulation simulation = new Simulation(options(), new NodeAssembly());
    Path listing = trace;
    Report report;
    if (listing == null) {
      report = simulation.run(null);
    } else {
      try (PrintWriter lines =
          new PrintWriter(Files.newBufferedWriter(listing, StandardCharsets.UTF_8))) {
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

  private Simulation.Options options() throws IOException {
    try {
      return new Simulation.Options(ScenarioReader.read(Files.readString(file)));
    } catch (IllegalArgumentException e) {
      throw wrong(file + ", " + e.getMessage());
    } catch (NoSuchFileException e) {
      throw wrong("there is no scenario file " + file);
    }
  }

  private RuntimeException wrong(String message) {
    CommandSpec present = spec;
    return present == null
        ? new IllegalArgumentException(message)
        : new ParameterException(present.commandLine(), message);
  }
}
