package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import io.meridiandb.simulator.scenario.ScenarioText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What failing seeds leave: a scenario that is the run again, and a trace of what happened. */
final class Failures {
  /** A trace takes a run more, and some ten megabytes. */
  private static final int TRACES_MAX = 5;

  @Option(
      names = "--failures",
      paramLabel = "FOLDER",
      defaultValue = "sim-failures",
      description =
          "Where failing seeds leave scenarios, the first five traces as well (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("sim-failures");

  private int traces;

  /** Leaves what there is to say of a run with violations, and prints how to run it again. */
  void leave(Report report, Simulation.Options run, PrintWriter err) throws IOException {
    Files.createDirectories(folder);
    Path scenario = folder.resolve("seed-" + report.seed() + ".scenario");
    Files.writeString(
        scenario,
        ScenarioText.of(
            report.seed(),
            run.faultPhase(),
            run.forcesIgnored(),
            report.violations(),
            report.strikes()));
    err.printf("seed %d failed; again: ./meridian sim replay %s%n", report.seed(), scenario);
    err.flush();
    if (traces++ < TRACES_MAX) {
      Path trace = folder.resolve("seed-" + report.seed() + ".trace");
      try (PrintWriter lines =
          new PrintWriter(Files.newBufferedWriter(trace, StandardCharsets.UTF_8))) {
        Report again = new Simulation(run, new NodeAssembly()).run(lines::println);
        err.printf(
            "  what happened, in order: %s%s%n",
            trace, again.equals(report) ? "" : "; BUT THIS RUN WAS ANOTHER ONE, try --twice");
      }
      err.flush();
    }
  }
}
