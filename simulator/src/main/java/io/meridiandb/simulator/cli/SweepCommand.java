package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meridian sim sweep}: many seeds. */
@Command(
    name = "sweep",
    description = {
      "Runs the seeds A to B and prints one line of JSON for each, in their order;",
      "at the end, on standard error, how often each kind of fault fired and mattered.",
      "Exit status 1 if any seed found violations."
    },
    mixinStandardHelpOptions = true)
final class SweepCommand implements Callable<Integer> {
  private static final String SEPARATOR = "..";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final RunOptions options = new RunOptions();

  @Option(names = "--seeds", paramLabel = "A..B", required = true, description = "The seeds.")
  private String seeds = "";

  @Option(
      names = "--jobs",
      paramLabel = "J",
      defaultValue = "1",
      description = "How many run at a time (default: ${DEFAULT-VALUE}).")
  private int jobs;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = {
        "Writes the lines to FILE as well, at its end; seeds that it holds already are not run:",
        "a sweep that was stopped goes on."
      })
  private @Nullable Path out;

  @Option(
      names = "--same-as",
      paramLabel = "FILE",
      description = {
        "Compares hashes with the lines of an earlier sweep; exit status 1 if a seed has another,",
        "and how to find the first event that differs."
      })
  private @Nullable Path earlier;

  @Mixin private final Failures failures = new Failures();

  @Option(names = "--progress", description = "Says on standard error how far it is.")
  private boolean progress;

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (bound(0) > bound(1)) {
      throw wrong("--seeds wants the smaller number first, such as 1..40, not '" + seeds + "'");
    }
    options.of(bound(0)); // what is wrong with the options is told before anything runs
    SweepFile done = new SweepFile(out);
    if (earlier != null && !Files.isReadable(earlier)) {
      throw wrong("--same-as cannot be read: there is no file " + earlier);
    }
    SweepFile compared = new SweepFile(earlier);
    int differing = 0;
    SweepProgress shown = new SweepProgress(progress ? err() : null, bound(1) - bound(0) + 1);
    SweepTotals totals = new SweepTotals();
    Queue<Future<Report>> runs = new ArrayDeque<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(checkedJobs())) {
      long next = bound(0);
      while (next <= bound(1) || !runs.isEmpty()) {
        // A few more than can run: what is not begun yet need not be held.
        if (next <= bound(1) && runs.size() < 2 * jobs) {
          Simulation.Options one = options.of(next++);
          String before = done.line(one.seed());
          if (before != null) {
            shown.skipped(before);
            totals.add(before);
          } else {
            runs.add(pool.submit(() -> new Simulation(one, new NodeAssembly()).run(null)));
          }
        } else {
          Report report = ended(runs.remove());
          keep(done, report);
          totals.add(report.toJson());
          print(report);
          differing += isOther(report, compared) ? 1 : 0;
          shown.done(report);
        }
      }
    }
    totals.print(err());
    return totals.failed() == 0 && differing == 0 ? 0 : 1;
  }

  private static Report ended(Future<Report> run) throws InterruptedException {
    try {
      return run.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run broke: " + e.getCause(), e);
    }
  }

  private void print(Report report) throws IOException {
    if (spec != null) {
      PrintWriter lines = spec.commandLine().getOut();
      lines.println(report.toJson());
      lines.flush();
    }
    if (!report.violations().isEmpty()) {
      failures.leave(report, options.of(report.seed()), err());
    }
  }

  /** Whether a seed has run before and was another run. */
  private boolean isOther(Report report, SweepFile before) {
    String line = before.line(report.seed());
    boolean other = line != null && !line.contains("\"hash\":\"" + report.hash() + "\"");
    if (other) {
      PrintWriter lines = err();
      lines.printf("seed %d is not the run that it was in %s;%n", report.seed(), earlier);
      lines.printf(
          "  ./meridian sim run --seed %d --twice names the first event that differs%n",
          report.seed());
      lines.flush();
    }
    return other;
  }

  private void keep(SweepFile done, Report report) {
    try {
      done.add(report.toJson());
    } catch (IOException e) {
      throw wrong("--out cannot be written: " + e);
    }
  }

  private PrintWriter err() {
    return spec == null
        ? new PrintWriter(System.err, true, StandardCharsets.UTF_8)
        : spec.commandLine().getErr();
  }

  private int checkedJobs() {
    if (jobs < 1) {
      throw wrong("--jobs must be at least 1, not " + jobs);
    }
    return jobs;
  }

  private long bound(int index) {
    int dots = seeds.indexOf(SEPARATOR);
    try {
      if (dots > 0) {
        return Long.parseLong(
            index == 0 ? seeds.substring(0, dots) : seeds.substring(dots + SEPARATOR.length()));
      }
    } catch (NumberFormatException e) {
      throw wrong("--seeds wants two numbers such as 1..40, not '" + seeds + "'");
    }
    throw wrong("--seeds wants a range such as 1..40, not '" + seeds + "'");
  }

  private ParameterException wrong(String message) {
    CommandSpec present = spec;
    if (present == null) {
      throw new IllegalArgumentException(message);
    }
    return new ParameterException(present.commandLine(), message);
  }
}
