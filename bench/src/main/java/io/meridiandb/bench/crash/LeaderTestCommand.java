package io.meridiandb.bench.crash;

import io.meridiandb.bench.process.CommandOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian leader-test}: what the loss of a leader costs. Three server processes under
 * transfers of money; in each round the leader is killed ({@code kill -9}), or, with {@code
 * --planned}, asked to end (SIGTERM), so that it hands over. A client that updates one row tells
 * how long it waited at most, and the servers' logs tell when appends stopped and when the next
 * leader made its first; then every acknowledged transfer must be there.
 */
@Command(
    name = "leader-test",
    description = "Kill the leader under load, again and again, and measure the outage.",
    mixinStandardHelpOptions = true)
public final class LeaderTestCommand implements Callable<Integer> {
  private static final long QUIET_MILLIS = 1_500;
  private static final long OUTAGE_MILLIS_MAX = 30_000;
  private static final long POLL_MILLIS = 50;
  private static final int AGAIN = 5;

  @Mixin CommandOutput out = new CommandOutput();

  @Option(names = "--rounds", description = "How many leaders (default ${DEFAULT-VALUE}).")
  int rounds = 50;

  @Option(names = "--planned", description = "Ask the leader to end instead of killing it.")
  boolean planned;

  @Option(names = "--lease-millis", description = "Of the leaders (default ${DEFAULT-VALUE}).")
  long leaseMillis = 3_000;

  @Option(names = "--clients", description = "How many clients (default ${DEFAULT-VALUE}).")
  int clients = 3;

  @Option(names = "--disk", description = "file, lossy or unforced (default ${DEFAULT-VALUE}).")
  String disk = "lossy";

  @Option(names = "--folder", description = "Where servers keep data (default: a new one).")
  @Nullable Path folder;

  @Override
  public Integer call() throws Exception {
    Path home = folder == null ? Files.createTempDirectory("meridian-leader-test") : folder;
    try (ThreeServers servers = new ThreeServers(home, disk, leaseMillis)) {
      out.say("universe in %s, servers %s, disk %s", home, servers.url(), disk);
      servers.startAll();
      servers.awaitReady();
      BankLoad load = new BankLoad(servers.url());
      load.createTables();
      load.start(clients, 1);
      try (OutageProbe probe =
          new OutageProbe(
              "probe", servers.url(), "UPDATE accounts SET balance = balance WHERE id = 0")) {
        return rounds(servers, load, probe);
      } finally {
        load.stop();
      }
    }
  }

  private int rounds(ThreeServers servers, BankLoad load, OutageProbe probe) throws Exception {
    List<Long> outages = new ArrayList<>();
    List<Long> handOvers = new ArrayList<>();
    LeaderLog log = new LeaderLog(servers.all().stream().map(ServerProcess::log).toList());
    for (int round = 1; round <= rounds; round++) {
      ServerProcess leader = servers.awaitLeader();
      Thread.sleep(QUIET_MILLIS);
      probe.reset();
      Instant begin = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      int status = end(leader);
      long outage = awaitGoingOn(probe);
      outages.add(outage);
      LeaderLog.Change change = log.changeAfter(begin);
      if (change.handOver() != null) {
        handOvers.add(change.handOver().toMillis());
      }
      List<String> wrong = new ArrayList<>(load.check());
      if (status != 0) {
        wrong.add("%s ended with status %d".formatted(leader.name(), status));
      }
      leader.start();
      out.say(
          "round %d: %s %s, longest wait of a writer %d ms; %d transfers acknowledged: %s",
          round,
          leader.name(),
          planned ? "handed over" : "killed",
          outage,
          load.acknowledgedTransfers(),
          wrong.isEmpty() ? "all there, total kept" : String.join("; ", wrong));
      out.say(
          "  %s; the longest wait began at %d ms",
          change.since(begin), Duration.between(begin, probe.longest().from()).toMillis());
      if (change.handOver() != null) {
        out.say("  %s", change.phases());
      }
      probe.told().forEach(error -> out.say("  the client was told: %s", error));
      if (!wrong.isEmpty()) {
        return 1;
      }
    }
    servers.awaitLeader();
    List<String> wrong = load.check();
    report(outages, handOvers, load);
    wrong.forEach(each -> out.say("%s", each));
    return wrong.isEmpty() ? 0 : 1;
  }

  private int end(ServerProcess leader) throws InterruptedException {
    if (planned) {
      return leader.stop();
    }
    leader.kill();
    return 0;
  }

  private void report(List<Long> outages, List<Long> handOvers, BankLoad load) {
    Collections.sort(outages);
    Collections.sort(handOvers);
    String handOver =
        handOvers.isEmpty()
            ? ""
            : "\"handOverMillisMedian\":%d,\"handOverMillisMax\":%d,"
                .formatted(handOvers.get(handOvers.size() / 2), handOvers.getLast());
    long median = outages.get(outages.size() / 2);
    out.say(
        "%s",
        String.format(
            Locale.ROOT,
            "{\"bench\":\"leader-test\",\"planned\":%b,\"rounds\":%d,\"leaseMillis\":%d,"
                + "%s\"outageMillisMedian\":%d,\"outageMillisMax\":%d,\"leases\":%.2f,\"transfers\":%d}",
            planned,
            rounds,
            leaseMillis,
            handOver,
            median,
            outages.getLast(),
            median / (double) leaseMillis,
            load.acknowledgedTransfers()));
  }

  /** Waits until the probe is acknowledged again; the longest wait, in milliseconds. */
  private long awaitGoingOn(OutageProbe probe) throws InterruptedException {
    long before = probe.acknowledged();
    for (long waited = 0; waited < OUTAGE_MILLIS_MAX; waited += POLL_MILLIS) {
      Thread.sleep(POLL_MILLIS);
      if (probe.acknowledged() > before + AGAIN && waited > 2 * leaseMillis) {
        break;
      }
    }
    return probe.longestMillis();
  }
}
