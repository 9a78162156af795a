package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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
      "exit status 1 if any found violations."
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

  @Override
  public Integer call() throws InterruptedException {
    int found = 0;
    List<Future<Report>> runs = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(checkedJobs())) {
      for (long seed = bound(0); seed <= bound(1); seed++) {
        Simulation.Options one = options.of(seed);
        runs.add(pool.submit(() -> new Simulation(one, new NodeAssembly()).run(null)));
      }
      for (Future<Report> run : runs) {
        found += print(run);
      }
    }
    return found == 0 ? 0 : 1;
  }

  /** Prints a run once it has ended; returns how many violations it found. */
  private int print(Future<Report> run) throws InterruptedException {
    try {
      Report report = run.get();
      if (spec != null) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(report.toJson());
        out.flush();
      }
      return report.violations().size();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run broke: " + e.getCause(), e);
    }
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
