package io.meridiandb.server.demo;

import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.system.NetworkDelay;
import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.launcher.DiskKind;
import io.meridiandb.server.launcher.LaunchOptions;
import io.meridiandb.server.launcher.LocalUniverse;
import io.meridiandb.server.shell.SqlCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./meridian demo}: five servers in three regions in this process, real data, a tour, then
 * the shell.
 */
@Command(
    name = "demo",
    description =
        "Five servers in three regions in one process, real data loaded through JDBC, a tour, a"
            + " shell.",
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  @Option(names = "--once", description = "End after the tour instead of opening the shell.")
  boolean once;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Where the universe is kept (default: data/demo).")
  Path folder = DemoUniverse.FOLDER;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The first server's port in a new folder (default: ${DEFAULT-VALUE}).")
  int port = DemoUniverse.PORT;

  @Option(
      names = "--latency",
      paramLabel = "PRESET",
      description =
          "How far regions lie apart once the data is loaded: none, lan, three-regions (80, 120 and"
              + " 160 ms), aws, gcp, paper (default: ${DEFAULT-VALUE}).")
  String latency = "three-regions";

  @Override
  public Integer call() throws Exception {
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    boolean again = DemoUniverse.exists(folder);
    UniverseConfig config = DemoUniverse.prepare(folder, port, DemoUniverse.FIVE_ZONES);
    LatencyMatrix distances = LaunchOptions.latencies(config, latency);
    long start = System.nanoTime();
    out.println(
        again
            ? "Starting the universe in %s.".formatted(folder)
            : "Making a universe in %s.".formatted(folder));
    out.flush();
    try (NetworkDelay delay = LaunchOptions.delay(config, "none");
        LocalUniverse universe =
            LocalUniverse.start(
                DemoUniverse.file(folder), new LaunchOptions(DiskKind.FILE, delay))) {
      try (Connection connection = DriverManager.getConnection(universe.url())) {
        describe(config, out, System.nanoTime() - start);
        load(connection, out);
      }
      delay.latencies(distances);
      describe(distances, out);
      new Tour(universe, config, distances, new TourScreen(out)).run();
      out.println();
      out.flush();
      if (!once) {
        return new CommandLine(new SqlCommand()).execute("--url", universe.url());
      }
    }
    return 0;
  }

  private static void describe(LatencyMatrix distances, PrintWriter out) {
    List<String> regions = distances.regions();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < regions.size(); i++) {
      for (int j = i + 1; j < regions.size(); j++) {
        line.append(line.isEmpty() ? "" : ", ")
            .append(
                String.format(
                    Locale.ROOT,
                    "%s to %s %.0f ms",
                    regions.get(i),
                    regions.get(j),
                    distances.roundTripMicros(regions.get(i), regions.get(j)) / 1e3));
      }
    }
    out.println(
        "From now on regions lie apart (%s; there and back): %s."
            .formatted(distances.name(), line));
    out.flush();
  }

  private static void describe(UniverseConfig config, PrintWriter out, long nanos) {
    for (ServerConfig server : config.servers()) {
      out.println(
          "   server %-3s zone %-12s clients on %s:%d, http://%s:%d/health"
              .formatted(
                  server.name(),
                  server.zone(),
                  server.host(),
                  server.port(),
                  server.host(),
                  server.httpPort()));
    }
    out.println(
        String.format(
            Locale.ROOT,
            "Ready after %.1f s: each server with its own log and disk.",
            nanos / 1e9));
    out.flush();
  }

  private static void load(Connection connection, PrintWriter out)
      throws SQLException, IOException {
    DemoData data = new DemoData(connection);
    if (data.complete()) {
      out.println(
          String.format(
              Locale.ROOT,
              "The data is there from before: %,d countries, %,d cities.",
              DemoData.COUNTRIES,
              DemoData.CITIES));
      return;
    }
    out.println("Loading countries and cities through JDBC, 1,000 rows a transaction.");
    data.load(new ProgressBar(out, System.console() != null && System.console().isTerminal()));
  }
}
