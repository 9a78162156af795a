package io.meridiandb.server.demo;

import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.launcher.LocalUniverse;
import io.meridiandb.server.shell.SqlCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./meridian demo}: three servers in this process, real data, a tour, then the shell. */
@Command(
    name = "demo",
    description = "Three servers in one process, real data loaded through JDBC, a tour, a shell.",
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

  @Override
  public Integer call() throws Exception {
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    boolean again = DemoUniverse.exists(folder);
    UniverseConfig config = DemoUniverse.prepare(folder, port);
    long start = System.nanoTime();
    out.println(
        again
            ? "Starting the universe in %s.".formatted(folder)
            : "Making a universe in %s.".formatted(folder));
    out.flush();
    try (LocalUniverse universe = LocalUniverse.start(DemoUniverse.file(folder))) {
      try (Connection connection = DriverManager.getConnection(universe.url())) {
        describe(config, out, System.nanoTime() - start);
        load(connection, out);
        new Tour(connection, out).run();
      }
      out.println();
      out.flush();
      if (!once) {
        return new CommandLine(new SqlCommand()).execute("--url", universe.url());
      }
    }
    return 0;
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
            "Ready after %.1f s: one Paxos group, three replicas, each with its own log and disk.",
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
