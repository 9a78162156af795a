package io.meridiandb.bench.crash;

import io.meridiandb.bench.process.CommandOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian region-test}: nine server processes in three regions, transfers across Paxos
 * groups, and in each round one region's processes killed at once. The others must go on; what was
 * acknowledged must be there; the region must come back.
 */
@Command(
    name = "region-test",
    description = "Kill whole regions of real servers under load and check every acknowledgement.",
    mixinStandardHelpOptions = true)
public final class RegionTestCommand implements Callable<Integer> {
  private static final List<String> REGIONS = List.of("eu", "us", "ap");
  private static final int ZONES = 3;
  private static final int LEASE_MILLIS = 3_000;
  private static final long BACK_MILLIS_MAX = 90_000;
  private static final long POLL_MILLIS = 100;
  private static final long QUIET_MILLIS = 3_000;
  private static final long OUTAGE_MILLIS_MAX = 30_000;

  @Mixin CommandOutput out = new CommandOutput();

  @Option(names = "--rounds", description = "How many regions die (default ${DEFAULT-VALUE}).")
  int rounds = 10;

  @Option(names = "--clients", description = "How many clients (default ${DEFAULT-VALUE}).")
  int clients = 3;

  @Option(names = "--disk", description = "file, lossy or unforced (default ${DEFAULT-VALUE}).")
  String disk = "lossy";

  @Option(names = "--folder", description = "Where servers keep data (default: a new one).")
  @Nullable Path folder;

  private final Map<String, List<ServerProcess>> servers = new LinkedHashMap<>();
  private final Map<String, String> urls = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Path home = folder == null ? Files.createTempDirectory("meridian-region-test") : folder;
    Files.createDirectories(home);
    Path config = home.resolve("universe.yaml");
    writeUniverse(config);
    ThreeServers.initialise(config);
    out.say("universe in %s: nine servers, lease %d ms, disk %s", home, LEASE_MILLIS, disk);
    try {
      return run();
    } finally {
      for (List<ServerProcess> region : servers.values()) {
        for (ServerProcess server : region) {
          server.kill();
        }
      }
    }
  }

  private void writeUniverse(Path config) throws Exception {
    StringBuilder text =
        new StringBuilder(
            "format: 1\nclock: shared-host\nlease: %dms\nservers:\n".formatted(LEASE_MILLIS));
    int id = 0;
    for (String region : REGIONS) {
      List<String> hosts = new ArrayList<>();
      List<ServerProcess> here = new ArrayList<>();
      for (int zone = 1; zone <= ZONES; zone++) {
        int port = ThreeServers.freePort();
        String name = region + zone;
        text.append(
            """
              - name: %s
                id: %d
                region: %s
                zone: %s-%d
                listen: 127.0.0.1:%d
                data: data-%s
            """
                .formatted(name, ++id, region, region, zone, port, name));
        hosts.add("127.0.0.1:" + port);
        here.add(new ServerProcess(name, config, disk));
      }
      servers.put(region, here);
      urls.put(region, "jdbc:meridian://" + String.join(",", hosts) + "/main");
    }
    Files.writeString(config, text);
  }

  private String url(String region) {
    return urls.getOrDefault(region, "");
  }

  private int run() throws Exception {
    for (String region : REGIONS) {
      startRegion(region);
    }
    for (String region : REGIONS) {
      awaitAnswer(region);
    }
    try (Connection connection = DriverManager.getConnection(url("eu"));
        Statement statement = connection.createStatement()) {
      for (String region : REGIONS) {
        statement.execute(
            "CREATE PLACEMENT %s OPTIONS (leader = '%s', voters = 'eu, us, ap')"
                .formatted(region, region));
        statement.execute(
            "CREATE TABLE probe_%s (id BIGINT PRIMARY KEY, n BIGINT NOT NULL) PLACEMENT %s"
                .formatted(region, region));
        for (String client : REGIONS) {
          statement.execute(
              "INSERT INTO probe_%s (id, n) VALUES (%d, 0)"
                  .formatted(region, REGIONS.indexOf(client)));
        }
      }
    }
    String everywhere =
        "jdbc:meridian://" + String.join(",", REGIONS.stream().map(this::hosts).toList()) + "/main";
    BankLoad load = new BankLoad(everywhere, REGIONS);
    load.createTables();
    load.start(clients, 1);
    List<OutageProbe> probes = new ArrayList<>();
    Map<String, List<OutageProbe>> byClient = new LinkedHashMap<>();
    for (String client : REGIONS) {
      List<OutageProbe> own = new ArrayList<>();
      for (String table : REGIONS) {
        own.add(
            new OutageProbe(
                "probe-" + client + "-" + table,
                url(client),
                "UPDATE probe_%s SET n = n + 1 WHERE id = %d"
                    .formatted(table, REGIONS.indexOf(client))));
      }
      byClient.put(client, own);
      probes.addAll(own);
    }
    int status = rounds(load, byClient);
    load.stop();
    for (OutageProbe probe : probes) {
      probe.close();
    }
    return status;
  }

  private String hosts(String region) {
    String url = url(region);
    return url.substring(url.indexOf("//") + 2, url.lastIndexOf('/'));
  }

  private int rounds(BankLoad load, Map<String, List<OutageProbe>> byClient) throws Exception {
    List<Long> outages = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      String lost = REGIONS.get((round - 1) % REGIONS.size());
      Thread.sleep(QUIET_MILLIS);
      List<OutageProbe> surviving = new ArrayList<>();
      byClient.forEach((client, own) -> {
        if (!client.equals(lost)) {
          surviving.addAll(own);
        }
      });
      surviving.forEach(OutageProbe::reset);
      for (ServerProcess server : servers.getOrDefault(lost, List.of())) {
        server.kill();
      }
      long outage = awaitGoingOn(surviving);
      outages.add(outage);
      List<String> wrong = new ArrayList<>(load.check());
      startRegion(lost);
      long back = awaitAnswer(lost);
      wrong.addAll(load.check());
      out.say(
          "round %d: %s lost, longest wait of a writer elsewhere %d ms; back after %d ms;"
              + " %d transfers acknowledged: %s",
          round,
          lost,
          outage,
          back,
          load.acknowledgedTransfers(),
          wrong.isEmpty() ? "all there, total kept" : String.join("; ", wrong));
      if (!wrong.isEmpty()) {
        return 1;
      }
    }
    List<Long> sorted = outages.stream().sorted().toList();
    long median = sorted.get(sorted.size() / 2);
    out.say(
        "{\"bench\":\"region-test\",\"rounds\":%d,\"leaseMillis\":%d,\"outageMillisMedian\":%d,"
            + "\"outageMillisMax\":%d,\"leases\":%.2f}",
        rounds, LEASE_MILLIS, median, sorted.getLast(), median / (double) LEASE_MILLIS);
    return 0;
  }

  /** Waits until each probe is acknowledged again; the longest wait of any, in milliseconds. */
  private static long awaitGoingOn(List<OutageProbe> probes) throws InterruptedException {
    List<Long> before = probes.stream().map(OutageProbe::acknowledged).toList();
    for (long waited = 0; waited < OUTAGE_MILLIS_MAX; waited += POLL_MILLIS) {
      Thread.sleep(POLL_MILLIS);
      boolean all = true;
      for (int i = 0; i < probes.size(); i++) {
        all &= probes.get(i).acknowledged() > before.get(i) + 3;
      }
      if (all && waited > LEASE_MILLIS) {
        break;
      }
    }
    return probes.stream().mapToLong(OutageProbe::longestMillis).max().orElse(0);
  }

  private void startRegion(String region) throws Exception {
    for (ServerProcess server : servers.getOrDefault(region, List.of())) {
      server.start();
    }
  }

  /** Waits until the region answers its clients; how long that took, in milliseconds. */
  private long awaitAnswer(String region) throws InterruptedException {
    long start = System.nanoTime();
    SQLException last = null;
    for (long waited = 0; waited < BACK_MILLIS_MAX; waited += POLL_MILLIS) {
      try (Connection connection = DriverManager.getConnection(url(region));
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT count(*) FROM information_schema.tables");
        return (System.nanoTime() - start) / 1_000_000;
      } catch (SQLException e) {
        last = e;
        Thread.sleep(POLL_MILLIS);
      }
    }
    throw new IllegalStateException(
        "%s did not answer within %d s: %s".formatted(region, BACK_MILLIS_MAX / 1_000, last));
  }
}
