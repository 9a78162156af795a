package io.meridiandb.bench.replication;

import io.meridiandb.bench.process.CommandOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian bench idle-groups}: what groups cost that nobody uses. Three servers, each a
 * process, are members of all groups; measured are each server's CPU as a part of one core, the
 * three together, and the heap that a group takes, beside the same servers with a single group. It
 * is measured once it has stood still: the CPU of a JVM that has been idle since its start is the
 * compiler's for minutes, as nothing is done often enough to be compiled soon.
 */
@Command(
    name = "idle-groups",
    description = "Measure CPU and memory of many groups in which nothing happens.",
    mixinStandardHelpOptions = true)
public final class IdleGroupsCommand implements Callable<Integer> {
  private static final int PORT = 7471;
  private static final int SERVERS = 3;
  private static final String HEAP = "512m";
  private static final double NANOS_PER_PERCENT_SECOND = 1e7;

  /** The CPU stands still if that of all servers falls by less than this part of it. */
  private static final double STEADY = 0.1;

  /** Before this it is not looked at, in seconds. */
  private static final int WARM_UP_MIN = 60;

  @Option(names = "--groups", description = "How many (${DEFAULT-VALUE}).")
  int groups = 1_000;

  @Option(names = "--seconds", description = "How long to measure (${DEFAULT-VALUE}).")
  int seconds = 20;

  @Option(
      names = "--warm-up",
      description =
          "Seconds to wait before, at most: less if the CPU stands still before"
              + " (${DEFAULT-VALUE}).")
  int warmUp = 300;

  @Mixin CommandOutput out = new CommandOutput();

  @Override
  public Integer call() throws Exception {
    out.require(
        groups >= 2 && seconds >= 1 && warmUp >= 0,
        "--groups is at least 2, --seconds at least 1, --warm-up at least 0");
    Path folder = Files.createTempDirectory("meridian-idle");
    Cost one = measure(Files.createDirectories(folder.resolve("one")), 1);
    Cost many = measure(Files.createDirectories(folder.resolve("many")), groups);
    out.line(
        String.format(
            Locale.ROOT,
            "{\"bench\":\"idle-groups\",\"groups\":%d,\"seconds\":%d,\"secondsToLead\":%.1f,"
                + "\"corePercent\":%s,\"corePercentTogether\":%.2f,\"corePercentWithOneGroup\":%s,"
                + "\"heapBytesPerGroup\":%s}",
            groups,
            seconds,
            many.toLead().toMillis() / 1e3,
            percents(many),
            Arrays.stream(many.corePercent()).sum(),
            percents(one),
            heapPerGroup(one, many)));
    return 0;
  }

  /**
   * What each server took; the first leads as far as leaders have come to where they are wanted.
   */
  private record Cost(Duration toLead, double[] corePercent, long[] heapBytes) {}

  private static String percents(Cost cost) {
    return Arrays.stream(cost.corePercent())
        .mapToObj(percent -> String.format(Locale.ROOT, "%.2f", percent))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private String heapPerGroup(Cost one, Cost many) {
    return IntStream.range(0, SERVERS)
        .mapToObj(i -> String.valueOf((many.heapBytes()[i] - one.heapBytes()[i]) / (groups - 1)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private Cost measure(Path folder, int count) throws IOException, InterruptedException {
    try (LogProcesses servers = new LogProcesses(folder, SERVERS, count, PORT, HEAP)) {
      Duration toLead = servers.awaitLeaders(count);
      double[] percent = steadyPercent(servers);
      long[] heap = new long[SERVERS];
      for (int i = 0; i < SERVERS; i++) {
        heap[i] = Long.parseLong(servers.ask(i, "heap"));
      }
      return new Cost(toLead, percent, heap);
    }
  }

  private double[] steadyPercent(LogProcesses servers) throws InterruptedException {
    int passed = Math.min(warmUp, WARM_UP_MIN);
    TimeUnit.SECONDS.sleep(passed);
    double[] before = percent(servers);
    while (passed + seconds <= warmUp) {
      passed += seconds;
      double[] now = percent(servers);
      if (Arrays.stream(now).sum() > (1 - STEADY) * Arrays.stream(before).sum()) {
        return now;
      }
      before = now;
    }
    return before;
  }

  /** In the seconds that follow. */
  private double[] percent(LogProcesses servers) throws InterruptedException {
    long[] cpu = IntStream.range(0, SERVERS).mapToLong(servers::cpuNanos).toArray();
    TimeUnit.SECONDS.sleep(seconds);
    return IntStream.range(0, SERVERS)
        .mapToDouble(i -> (servers.cpuNanos(i) - cpu[i]) / NANOS_PER_PERCENT_SECOND / seconds)
        .toArray();
  }
}
