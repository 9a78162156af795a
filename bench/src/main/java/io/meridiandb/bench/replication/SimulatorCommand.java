package io.meridiandb.bench.replication;

import io.meridiandb.bench.process.CommandOutput;
import io.meridiandb.bench.replication.ProtocolRun.Figures;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin CommandOutput out = new CommandOutput();

  @Override
  public Integer call() {
    out.require(inFlight >= 1 && seconds >= 1, "--in-flight and --seconds are at least 1");
    Duration length = Duration.ofSeconds(seconds);
    ProtocolRun.run(seed, inFlight, length); // for the compiler
    Figures run = ProtocolRun.run(seed, inFlight, length);
    double wallSeconds = run.wallNanos() / 1e9;
    out.line(
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
    return 0;
  }
}
