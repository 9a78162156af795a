package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one universe, written down or compared if asked: what {@code run} and {@code replay} do. */
final class OneRun {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Writes who sent what to whom, and all else that happened, in its order.")
  private @Nullable Path trace;

  @Option(
      names = "--same-as",
      paramLabel = "TRACE",
      description = {
        "Compares with a trace that was written before, here or on another machine, and names",
        "the first event that differs; then the exit status is 1."
      })
  private @Nullable Path earlier;

  @Option(names = "--twice", description = "Runs it twice and compares in the same way.")
  private boolean twice;

  private boolean differs;

  /** Whether a run was not as the one it was compared with. */
  boolean differs() {
    return differs;
  }

  /** Runs it, prints its line of JSON, and says what differs if anything was to be compared. */
  Report play(Simulation.Options options, CommandSpec command) throws IOException {
    Path kept = trace;
    Path first = twice && kept == null ? Files.createTempFile("meridian", ".trace") : kept;
    try {
      Report report = once(options, first, earlier, command);
      PrintWriter out = command.commandLine().getOut();
      out.println(report.toJson());
      out.flush();
      if (twice) {
        once(options, null, first, command);
      }
      return report;
    } finally {
      if (first != null && kept == null) {
        Files.deleteIfExists(first);
      }
    }
  }

  private Report once(
      Simulation.Options options, @Nullable Path into, @Nullable Path with, CommandSpec command)
      throws IOException {
    try (PrintWriter lines = writer(into);
        BufferedReader before = reader(with)) {
      FirstDifference difference = before == null ? null : new FirstDifference(before);
      Simulation simulation = new Simulation(options, new NodeAssembly());
      if (lines == null && difference == null) {
        return simulation.run(null);
      }
      Report report =
          simulation.run(line -> {
            if (lines != null) {
              lines.println(line);
            }
            if (difference != null) {
              difference.accept(line);
            }
          });
      if (lines != null && lines.checkError()) {
        throw new IOException("the trace could not be written whole to " + into);
      }
      tell(difference == null ? null : difference.ended(), command);
      return report;
    }
  }

  private void tell(@Nullable String difference, CommandSpec command) {
    if (difference != null) {
      differs = true;
      PrintWriter err = command.commandLine().getErr();
      err.println(difference);
      err.flush();
    }
  }

  private @Nullable PrintWriter writer(@Nullable Path file) {
    try {
      return file == null
          ? null
          : new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw wrong("--trace cannot be written: " + e);
    }
  }

  private @Nullable BufferedReader reader(@Nullable Path file) {
    try {
      return file == null ? null : Files.newBufferedReader(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw wrong("--same-as cannot be read: " + e);
    }
  }

  private RuntimeException wrong(String message) {
    CommandSpec present = spec;
    return present == null
        ? new IllegalArgumentException(message)
        : new ParameterException(present.commandLine(), message);
  }
}
