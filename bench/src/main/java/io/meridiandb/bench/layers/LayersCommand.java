package io.meridiandb.bench.layers;

import io.meridiandb.bench.process.CommandOutput;
import io.meridiandb.server.demo.DemoUniverse;
import io.meridiandb.server.launcher.LocalUniverse;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian bench layers}: where the CPU of a one-row update goes. Client and three servers
 * run in this process, over gRPC on loopback and three logs on disk, and the flight recorder's
 * samples are counted by layer.
 */
@Command(
    name = "layers",
    description = "Show where the CPU of a one-row update goes, layer by layer.",
    mixinStandardHelpOptions = true)
public final class LayersCommand implements Callable<Integer> {
  private static final int ROWS = 10_000;
  private static final int PORT = 7431;

  @Mixin CommandOutput out = new CommandOutput();

  @Option(names = "--clients", description = "How many clients (default: ${DEFAULT-VALUE}).")
  int clients = 16;

  @Option(names = "--seconds", description = "How long (default: ${DEFAULT-VALUE}).")
  int seconds = 15;

  @Option(
      names = "--warm-up",
      description =
          "Seconds of load before; the compiler needs that long (default: ${DEFAULT-VALUE}).")
  int warmUp = 45;

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("meridian-layers");
    DemoUniverse.prepare(folder, PORT, DemoUniverse.THREE_ZONES);
    try (LocalUniverse universe = LocalUniverse.start(DemoUniverse.file(folder))) {
      prepare(universe.url());
      run(universe.url(), warmUp * 1_000L);
      AtomicLong operations = new AtomicLong();
      long cpuBefore = cpuNanos();
      Map<String, Long> samples =
          LayerProfile.sample(() -> operations.set(run(universe.url(), seconds * 1_000L)));
      double cpuMicros = (cpuNanos() - cpuBefore) / 1e3 / Math.max(1, operations.get());
      print(samples, operations.get(), cpuMicros);
    }
    return 0;
  }

  private void print(Map<String, Long> samples, long operations, double cpuMicros) {
    long all = Math.max(1, samples.values().stream().mapToLong(Long::longValue).sum());
    StringBuilder layers = new StringBuilder();
    samples.forEach((layer, count) ->
        layers
            .append(layers.isEmpty() ? "" : ",")
            .append(String.format(Locale.ROOT, "\"%s\":%.1f", layer, cpuMicros * count / all)));
    out.line(
        String.format(
            Locale.ROOT,
            "{\"bench\":\"layers\",\"clients\":%d,\"operations\":%d,\"opsPerSecond\":%.0f,"
                + "\"cpuMicrosPerOp\":%.1f,\"samples\":%d,\"cpuMicrosByLayer\":{%s}}",
            clients,
            operations,
            operations / (double) seconds,
            cpuMicros,
            all,
            layers));
  }

  private static long cpuNanos() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime();
  }

  private static void prepare(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kv (k BIGINT PRIMARY KEY, v BIGINT NOT NULL, pad TEXT)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO kv (k, v, pad) VALUES (?, 0, ?)")) {
        for (int i = 0; i < ROWS; i++) {
          insert.setLong(1, i);
          insert.setString(2, "x".repeat(100));
          insert.addBatch();
          if (i % 1_000 == 999) {
            insert.executeBatch();
          }
        }
      }
    }
  }

  private long run(String url, long millis) throws Exception {
    long end = System.nanoTime() + millis * 1_000_000;
    List<Future<Long>> running = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(clients)) {
      for (int i = 0; i < clients; i++) {
        int client = i;
        running.add(pool.submit(() -> update(url, client, end)));
      }
    }
    long sum = 0;
    for (Future<Long> each : running) {
      sum += each.get();
    }
    return sum;
  }

  private long update(String url, int client, long end) throws SQLException {
    long done = 0;
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement update =
            connection.prepareStatement("UPDATE kv SET v = v + 1 WHERE k = ?")) {
      while (System.nanoTime() < end) {
        update.setLong(1, (client + done++ * clients) % ROWS);
        update.executeUpdate();
      }
    }
    return done;
  }
}
