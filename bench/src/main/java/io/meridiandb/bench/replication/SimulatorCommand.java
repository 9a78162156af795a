package io.meridiandb.bench.replication;

import io.meridiandb.bench.replication.ProtocolRun.Figures;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./meridian bench simulator}: how many events of the protocol the simulator plays in a
 * second of one core. Five servers with real logs, leases and messages replicate commands in a
 * closed loop; nothing stands above them.
 */
@Command(
    name = "simulator",
    description = "Measure how fast the simulator plays the protocol.",
    mixinStandardHelpOptions = true)
public final class SimulatorCommand implements Callable<Integer> {
  @Option(names = "--in-flight", description = "Commands always under way (${DEFAULT-VALUE}).")
  int inFlight = 16;

  @Option(names = "--seconds", description = "Virtual seconds to measure (${DEFAULT-VALUE}).")
  int seconds = 60;

  @Option(names = "--seed", description = "Of the run (${DEFAULT-VALUE}).")
  long seed = 1;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (inFlight < 1 || seconds < 1) {
      throw new CommandLine.ParameterException(
          spec == null ? new CommandLine(this) : spec.commandLine(),
          "--in-flight and --seconds are at least 1");
    }
    Duration length = Duration.ofSeconds(seconds);
    ProtocolRun.run(seed, inFlight, length); // for the compiler
    Figures run = ProtocolRun.run(seed, inFlight, length);
    double wallSeconds = run.wallNanos() / 1e9;
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    out.println(
        String.format(
            Locale.ROOT,
            "{\"bench\":\"simulator\",\"level\":\"protocol\",\"servers\":5,\"inFlight\":%d,"
                + "\"simulatedSeconds\":%.1f,\"commands\":%d,\"events\":%d,\"eventsPerSecond\":%.0f,"
                + "\"timesRealTime\":%.1f}",
            inFlight,
            run.simulated().toMillis() / 1e3,
            run.commands(),
            run.events(),
            run.events() / wallSeconds,
            run.simulated().toNanos() / 1e9 / wallSeconds));
    out.flush();
    return 0;
  }
}
