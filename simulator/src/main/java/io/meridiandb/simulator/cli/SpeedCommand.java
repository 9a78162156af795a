package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.SpeedRun;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code meridian sim speed}: how much faster than its clock a large universe runs. */
@Command(
    name = "speed",
    description = {
      "Measures a universe of 15 servers in five regions with 20 groups, transactions by SQL,",
      "faults of the seed and all invariants: virtual seconds for each second of processor time",
      "(of all threads, those that compile and collect garbage too; their share is told). What is",
      "measured is a second universe: the first one is for the compiler, which works for minutes",
      "on so much code."
    },
    mixinStandardHelpOptions = true)
final class SpeedCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--seed", paramLabel = "N", description = "The seed (${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Virtual seconds to measure (${DEFAULT-VALUE}).")
  private int seconds = 1_200;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description = "Virtual seconds of the universe before it (${DEFAULT-VALUE}).")
  private int warmUp = 1_200;

  @Override
  public Integer call() {
    Duration length = Duration.ofSeconds(seconds);
    ProcessHandle self = ProcessHandle.current();
    LongSupplier worked = () -> self.info().totalCpuDuration().map(Duration::toNanos).orElseThrow();
    SpeedRun.run(seed, Duration.ofSeconds(warmUp), List.of(worked));
    SpeedRun.Figures run =
        SpeedRun.run(seed, length, List.of(worked, SpeedCommand::workOfJavaThreads));
    double spent = run.spentNanos().getFirst() / 1e9;
    double simulating = run.spentNanos().getLast() / 1e9;
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          String.format(
              Locale.ROOT,
              "{\"bench\":\"simulated universe\",\"servers\":15,\"groups\":20,\"seed\":%d,"
                  + "\"simulatedSeconds\":%d,\"committedPerSimulatedMinute\":%.0f,\"faults\":%d,"
                  + "\"violations\":%d,\"events\":%d,\"eventsPerCpuSecond\":%.0f,"
                  + "\"cpuSeconds\":%.1f,"
                  + "\"cpuSecondsOfCollectorAndCompiler\":%.1f,\"timesRealTimePerCpu\":%.1f}",
              seed,
              seconds,
              run.committed() * 60.0 / seconds,
              run.strikes(),
              run.violations().size(),
              run.events(),
              run.events() / spent,
              spent,
              spent - simulating,
              seconds / spent));
      out.flush();
    }
    return run.violations().isEmpty() ? 0 : 1;
  }

  /**
   * CPU of all threads that run Java: those that carry the simulation, and nothing else to speak
   * of.
   */
  private static long workOfJavaThreads() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (long id : threads.getAllThreadIds()) {
      nanos += Math.max(0, threads.getThreadCpuTime(id));
    }
    return nanos;
  }
}
