package io.meridiandb.bench.replication;

import com.sun.management.OperatingSystemMXBean;
import io.meridiandb.bench.process.CommandOutput;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.system.DataFolder;
import io.meridiandb.kernel.system.FatalErrors;
import io.meridiandb.kernel.system.FileDisk;
import io.meridiandb.kernel.system.LocalNetwork;
import io.meridiandb.kernel.system.SystemEvents;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian bench log}: what the replicated log alone can do. First the ceiling: all
 * replicas in this process, the same logs on the same disk, frames handed over in memory. Then each
 * replica in a process of its own, over gRPC on loopback. One line of JSON each; the second tells
 * its part of the first.
 */
@Command(
    name = "log",
    description = "Measure the replicated log: in one process, then in a process for each replica.",
    mixinStandardHelpOptions = true)
public final class LogCommand implements Callable<Integer> {
  private static final int PORT = 7461;
  private static final int FORCES = 200;
  private static final int WINDOW_SECONDS = 5;

  /** The CPU of a command stands still if it differs less than by this part of it. */
  private static final double STEADY = 0.05;

  private static final Duration LEADER_MAX = Duration.ofSeconds(30);
  private static final Duration LEADER_POLL = Duration.ofMillis(50);

  @Option(names = "--replicas", description = "Servers of the group (${DEFAULT-VALUE}).")
  int replicas = 3;

  @Option(names = "--in-flight", description = "Commands always under way (${DEFAULT-VALUE}).")
  int inFlight = 256;

  @Option(names = "--bytes", description = "Size of a command (${DEFAULT-VALUE}).")
  int bytes = 200;

  @Option(names = "--seconds", description = "How long to measure (${DEFAULT-VALUE}).")
  int seconds = 10;

  @Option(
      names = "--warm-up",
      description =
          "Seconds of load before, at most: less if the CPU of a command stands still before"
              + " (${DEFAULT-VALUE}).")
  int warmUp = 90;

  @Mixin CommandOutput out = new CommandOutput();

  @Override
  public Integer call() throws Exception {
    out.require(
        replicas >= 1
            && replicas <= 9
            && inFlight >= 1
            && bytes >= 0
            && seconds >= 1
            && warmUp >= 0,
        "--replicas is 1 to 9, --in-flight and --seconds at least 1, --bytes and --warm-up at least 0");
    Path folder = Files.createTempDirectory("meridian-log");
    double forceMicros = forceMicros(Files.createDirectories(folder.resolve("force")));
    Measured ceiling = inProcess(Files.createDirectories(folder.resolve("ceiling")));
    print("memory", ceiling, forceMicros, 1.0);
    Measured real = processes(Files.createDirectories(folder.resolve("processes")));
    print(
        "grpc",
        real,
        forceMicros,
        real.figures().commands() / (double) Math.max(1, ceiling.figures().commands()));
    return 0;
  }

  private record Measured(LogFigures figures, long cpuNanos) {
    double cpuMicros() {
      return cpuNanos / 1e3 / Math.max(1, figures.commands());
    }
  }

  /** A run of so many seconds. */
  private interface Load {
    Measured run(int length) throws Exception;
  }

  /**
   * Measures once the CPU of a command has stood still over two windows: until then most of it is
   * the compiler's, three times over where each replica has a JVM of its own.
   */
  private Measured steady(Load load) throws Exception {
    double before = Double.MAX_VALUE;
    for (int passed = 0; passed + WINDOW_SECONDS <= warmUp; passed += WINDOW_SECONDS) {
      double now = load.run(WINDOW_SECONDS).cpuMicros();
      if (Math.abs(now - before) < STEADY * now) {
        break;
      }
      before = now;
    }
    return load.run(seconds);
  }

  private void print(String network, Measured run, double forceMicros, double ofCeiling) {
    out.line(
        String.format(
            Locale.ROOT,
            "{\"bench\":\"log\",\"network\":\"%s\",\"replicas\":%d,\"inFlight\":%d,\"bytes\":%d,%s,"
                + "\"cpuMicrosPerCommand\":%.1f,\"forceMicros\":%.1f,\"ofCeiling\":%.2f}",
            network,
            replicas,
            inFlight,
            bytes,
            run.figures().json(seconds),
            run.cpuMicros(),
            forceMicros,
            ofCeiling));
  }

  /** What one force of a small write costs on this disk: the median. */
  private static double forceMicros(Path folder) throws Exception {
    Disk disk = new FileDisk(folder);
    Histogram times = new Histogram(3);
    try (DiskFile file = disk.open("forced")) {
      for (int i = 0; i < FORCES; i++) {
        ByteBuffer block = ByteBuffer.allocate(4096);
        long start = System.nanoTime();
        file.write((i % 16) * 4096L, block);
        file.force();
        times.recordValue(System.nanoTime() - start);
      }
    }
    return times.getValueAtPercentile(50) / 1e3;
  }

  private Measured inProcess(Path folder) throws Exception {
    SystemEvents events = new SystemEvents("bench", System.getLogger("io.meridiandb.bench"));
    List<LogServer> servers = new ArrayList<>();
    List<DataFolder> folders = new ArrayList<>();
    try (LocalNetwork network = new LocalNetwork(events, FatalErrors.HALT)) {
      for (int id = 1; id <= replicas; id++) {
        ServerId server = new ServerId(id);
        DataFolder data = LogServer.folder(folder.resolve("server-" + id), server);
        folders.add(data);
        servers.add(
            LogServer.start(
                data, network.transport(server), events, new LogServer.Shape(replicas, 1)));
      }
      awaitLeader(servers.getFirst());
      return steady(length -> {
        long cpu = ownCpuNanos();
        LogFigures figures = load(servers.getFirst(), length);
        return new Measured(figures, ownCpuNanos() - cpu);
      });
    } finally {
      for (LogServer server : servers) {
        server.close();
      }
      for (DataFolder each : folders) {
        each.close();
      }
    }
  }

  private LogFigures load(LogServer leader, int length) throws Exception {
    return LogFigures.of(
        new LogLoad(leader.strand(), leader.first(), bytes, System::nanoTime)
            .run(inFlight, Duration.ofSeconds(length)));
  }

  private static void awaitLeader(LogServer first) throws Exception {
    long end = System.nanoTime() + LEADER_MAX.toNanos();
    while (first.leading() == 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("nobody leads after " + LEADER_MAX.toSeconds() + " s");
      }
      TimeUnit.NANOSECONDS.sleep(LEADER_POLL.toNanos());
    }
  }

  private static long ownCpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private Measured processes(Path folder) throws Exception {
    try (LogProcesses servers = new LogProcesses(folder, replicas, 1, PORT, shareOfHeap())) {
      servers.awaitLeaders(1);
      Measured measured =
          steady(length -> {
            long cpu = servers.cpuNanos();
            LogFigures figures = LogFigures.parse(servers.ask(0, run(length)));
            return new Measured(figures, servers.cpuNanos() - cpu);
          });
      if (!servers.allKeepUp()) {
        out.line(
            "{\"bench\":\"log\",\"warning\":\"a server did not keep up, and the others were"
                + " measured without it: repeat when the machine has less else to do\"}");
      }
      return measured;
    }
  }

  /** Each process has its part of the heap that all replicas had together in this one. */
  private String shareOfHeap() {
    return (Runtime.getRuntime().maxMemory() >> 20) / replicas + "m";
  }

  private String run(int length) {
    return "run %d %d %d".formatted(inFlight, length, bytes);
  }
}
