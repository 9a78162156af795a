package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import io.meridiandb.simulator.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private final OneRun run = new OneRun();

  @Override
  public Integer call() throws IOException {
    Report report = run.play(options(), Objects.requireNonNull(spec, "picocli sets it"));
    return report.violations().isEmpty() && !run.differs() ? 0 : 1;
  }

  private Simulation.Options options() {
    try {
      return new Simulation.Options(ScenarioReader.read(Files.readString(file)));
    } catch (IllegalArgumentException e) {
      throw wrong(file + ", " + e.getMessage());
    } catch (NoSuchFileException e) {
      throw wrong("there is no scenario file " + file);
    } catch (IOException e) {
      throw wrong(file + " cannot be read as text: " + e);
    }
  }

  private RuntimeException wrong(String message) {
    CommandSpec present = spec;
    return present == null
        ? new IllegalArgumentException(message)
        : new ParameterException(present.commandLine(), message);
  }
}
