package io.meridiandb.cli.history;

import io.meridiandb.bench.crash.ServerProcess;
import io.meridiandb.bench.crash.ThreeServers;
import io.meridiandb.bench.process.CommandOutput;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.workload.Run;
import io.meridiandb.simulator.workload.Workload;
import io.meridiandb.simulator.workload.Workloads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian history-test}: the simulator's workloads through the JDBC driver against three
 * server processes that are killed and stopped. Their histories are judged as in the simulator: by
 * commit timestamps, and by cycles of dependencies. What the simulator leaves out (threads,
 * kernels, real disks and sockets) is in, and what makes it repeatable is not.
 *
 * <p>{@code --disk unforced} must end with violations: that proves that it can.
 */
@Command(
    name = "history-test",
    description =
        "Run the simulator's workloads against real servers under faults and judge their histories.",
    mixinStandardHelpOptions = true)
public final class HistoryTestCommand implements Callable<Integer> {
  private static final long LEASE_MILLIS = 1_000;
  private static final Duration PROGRESS_MAX = Duration.ofSeconds(30);
  private static final Duration END_MAX = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long PROGRESS_MIN = 20;

  @Mixin CommandOutput out = new CommandOutput();

  @Option(names = "--rounds", description = "How many faults (default ${DEFAULT-VALUE}).")
  int rounds = 10;

  @Option(
      names = "--workloads",
      split = ",",
      description = "Which ones (default ${DEFAULT-VALUE}).")
  List<String> workloads = List.of("list-append", "ledger", "write-skew", "registers", "inserts");

  @Option(names = "--clients", description = "Of each workload (default ${DEFAULT-VALUE}).")
  int clients = 3;

  @Option(names = "--seed", description = "What is done to whom (default ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(names = "--disk", description = "file, lossy or unforced (default ${DEFAULT-VALUE}).")
  String disk = "lossy";

  @Option(names = "--folder", description = "Where servers keep data (default: a new one).")
  @Nullable Path folder;

  @Override
  public Integer call() throws Exception {
    Path home = folder == null ? Files.createTempDirectory("meridian-history-test") : folder;
    try (ThreeServers servers = new ThreeServers(home, disk, LEASE_MILLIS)) {
      out.say("universe in %s, servers %s, disk %s", home, servers.url(), disk);
      servers.startAll();
      servers.awaitReady();
      RealSetting setting = new RealSetting(seed, System::nanoTime);
      Run run = new Run(setting);
      Clients all = new Clients(servers.hosts(), setting, run);
      List<Workload> made = workloads.stream().map(name -> Workloads.of(name, run)).toList();
      all.turns()
          .taking(() -> {
            setUp(setting, made, all.client());
            return true;
          });
      out.say("the servers' clock is known to %d us", setting.errorNanos() / 1_000);
      for (Workload workload : made) {
        for (int i = 0; i < clients; i++) {
          all.start(workload, i);
        }
      }
      faults(servers, all, run);
      return judge(all, run, made);
    }
  }

  private static void setUp(RealSetting setting, List<Workload> made, SqlClient client) {
    try {
      client.execute("CREATE TABLE clock (id BIGINT PRIMARY KEY)");
      setting.learnTime(client, "SELECT id FROM clock");
      for (Workload workload : made) {
        workload.setUp(client);
      }
    } catch (SqlFailed | LinkLost e) {
      throw new IllegalStateException("no faults yet, but " + e.getMessage(), e);
    }
  }

  private void faults(ThreeServers servers, Clients all, Run run) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 1; round <= rounds; round++) {
      Thread.sleep(500 + random.nextInt(1_500));
      ServerProcess one = servers.all().get(random.nextInt(servers.all().size()));
      String without = "";
      String what =
          switch (random.nextInt(4)) {
            case 0, 1 -> {
              one.kill();
              without = awaitProgress(all, run);
              one.start();
              yield one.name() + " killed";
            }
            case 2 -> {
              servers.killAll();
              servers.startAll();
              yield "all killed";
            }
            default -> {
              one.pause(Duration.ofMillis(LEASE_MILLIS / 2 + random.nextLong(3 * LEASE_MILLIS)));
              yield one.name() + " stopped for a while";
            }
          };
      String waited = without.isEmpty() ? awaitProgress(all, run) : without + " of two servers";
      out.say(
          "round %d: %s; %d transactions so far%s",
          round, what, all.turns().<Long>taking(run::transactions), waited);
      if (!waited.isEmpty()) {
        all.turns()
            .taking(() -> {
              run.violation(waited);
              return true;
            });
        return;
      }
    }
  }

  /** Waits until clients get on; says so if they do not. */
  private static String awaitProgress(Clients all, Run run) throws InterruptedException {
    long before = all.turns().taking(run::transactions);
    for (long i = 0; i < PROGRESS_MAX.dividedBy(POLL); i++) {
      if (all.turns().taking(run::transactions) >= before + PROGRESS_MIN) {
        return "";
      }
      Thread.sleep(POLL);
    }
    return "no progress within " + PROGRESS_MAX;
  }

  private int judge(Clients all, Run run, List<Workload> made) throws InterruptedException {
    all.turns()
        .taking(() -> {
          run.stop();
          return true;
        });
    all.join(END_MAX);
    List<String> violations =
        all.turns()
            .taking(() -> {
              made.forEach(workload -> check(workload, all.client(), run));
              return new ArrayList<>(run.violations());
            });
    violations.forEach(violation -> out.say("violation: %s", violation));
    out.say(
        "%d transactions, %s; %d violations", run.transactions(), run.endings(), violations.size());
    return violations.isEmpty() ? 0 : 1;
  }

  private static void check(Workload workload, SqlClient client, Run run) {
    try {
      workload.check(client);
    } catch (AssertionError e) {
      run.violation(String.valueOf(e.getMessage()));
    }
  }
}
