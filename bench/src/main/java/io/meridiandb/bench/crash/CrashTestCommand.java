package io.meridiandb.bench.crash;

import io.meridiandb.bench.process.CommandOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian crash-test}: three server processes, clients that transfer money, and in each
 * round one random server killed, then all three. After each round every acknowledged transfer must
 * be there and every account must hold what its transfers say.
 *
 * <p>With {@code --disk lossy} the servers keep bytes in user space until they are forced, so
 * SIGKILL loses what a power cut would lose; with {@code --disk unforced} they never force, and the
 * test must fail: that proves that it can.
 */
@Command(
    name = "crash-test",
    description = "Kill real servers under load and check every acknowledgement.",
    mixinStandardHelpOptions = true)
public final class CrashTestCommand implements Callable<Integer> {
  private static final long LEASE_MILLIS = 1_000;
  private static final long PROGRESS_MILLIS_MAX = 30_000;
  private static final long POLL_MILLIS = 100;

  @Mixin CommandOutput out = new CommandOutput();

  @Option(names = "--rounds", description = "How many rounds (default ${DEFAULT-VALUE}).")
  int rounds = 20;

  @Option(names = "--clients", description = "How many clients (default ${DEFAULT-VALUE}).")
  int clients = 4;

  @Option(names = "--seed", description = "Who is killed when (default ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(names = "--disk", description = "file, lossy or unforced (default ${DEFAULT-VALUE}).")
  String disk = "lossy";

  @Option(names = "--folder", description = "Where servers keep data (default: a new one).")
  @Nullable Path folder;

  @Override
  public Integer call() throws Exception {
    Path home = folder == null ? Files.createTempDirectory("meridian-crash-test") : folder;
    try (ThreeServers servers = new ThreeServers(home, disk, LEASE_MILLIS)) {
      out.say("universe in %s, servers %s, disk %s", home, servers.url(), disk);
      return run(servers);
    }
  }

  private int run(ThreeServers servers) throws Exception {
    servers.startAll();
    servers.awaitReady();
    BankLoad load = new BankLoad(servers.url());
    load.createTables();
    load.start(clients, seed);
    SplittableRandom random = new SplittableRandom(seed);
    int failedRounds = 0;
    for (int round = 1; round <= rounds; round++) {
      List<String> wrong = round(servers, load, random);
      out.say(
          "round %d: %d transfers acknowledged, %d attempts failed, %d outcomes unknown: %s",
          round,
          load.acknowledgedTransfers(),
          load.failedAttempts(),
          load.unknownOutcomes(),
          wrong.isEmpty() ? "all there, total kept" : String.join("; ", wrong));
      if (!wrong.isEmpty()) {
        failedRounds++;
        break;
      }
    }
    load.stop();
    out.say("%d rounds failed", failedRounds);
    return failedRounds == 0 ? 0 : 1;
  }

  private static List<String> round(ThreeServers servers, BankLoad load, SplittableRandom random)
      throws Exception {
    Thread.sleep(300 + random.nextInt(700));
    ServerProcess victim = servers.all().get(random.nextInt(servers.all().size()));
    victim.kill();
    String progress = awaitProgress(load);
    if (!progress.isEmpty()) {
      return List.of("with " + victim.name() + " down: " + progress);
    }
    victim.start();
    Thread.sleep(300 + random.nextInt(700));
    servers.killAll();
    servers.startAll();
    try {
      servers.awaitReady();
    } catch (IllegalStateException e) {
      return List.of("after all were killed: " + e.getMessage());
    }
    List<String> wrong;
    try {
      wrong = load.check();
    } catch (SQLException e) {
      return List.of("after all were killed: " + e.getMessage());
    }
    String after = wrong.isEmpty() ? awaitProgress(load) : "";
    return after.isEmpty() ? wrong : List.of("after all were killed: " + after);
  }

  private static String awaitProgress(BankLoad load) throws InterruptedException {
    long before = load.acknowledgedTransfers();
    for (long waited = 0; waited < PROGRESS_MILLIS_MAX; waited += POLL_MILLIS) {
      if (load.acknowledgedTransfers() > before + 5) {
        return "";
      }
      Thread.sleep(POLL_MILLIS);
    }
    return "no transfer was acknowledged within %d s".formatted(PROGRESS_MILLIS_MAX / 1_000);
  }
}
