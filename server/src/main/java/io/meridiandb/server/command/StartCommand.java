package io.meridiandb.server.command;

import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseConfigReader;
import io.meridiandb.server.launcher.DiskKind;
import io.meridiandb.server.launcher.LaunchOptions;
import io.meridiandb.server.launcher.RunningServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./meridian start}: runs one server of a universe file until SIGTERM. */
@Command(
    name = "start",
    description = "Run one server of a universe until it is told to stop (SIGTERM, Ctrl-C).",
    mixinStandardHelpOptions = true)
public final class StartCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The universe file.")
  Path config = Path.of("universe.yaml");

  @Option(
      names = "--server",
      required = true,
      paramLabel = "NAME",
      description = "Which of its servers.")
  String server = "";

  @Option(
      names = "--disk",
      paramLabel = "KIND",
      description = "file; or for crash tests lossy, unforced (default: ${DEFAULT-VALUE}).")
  DiskKind disk = DiskKind.FILE;

  @Option(
      names = "--latency",
      paramLabel = "PRESET",
      description =
          "Hold frames back as if regions lay apart: none, lan, three-regions, aws, gcp, paper"
              + " (default: ${DEFAULT-VALUE}).")
  String latency = "none";

  @Override
  public Integer call() throws IOException {
    UniverseConfig universe = UniverseConfigReader.read(config);
    ServerConfig own = universe.server(server);
    LaunchOptions options =
        new LaunchOptions(
            disk, latency.equals("none") ? null : LaunchOptions.delay(universe, latency));
    RunningServer running = RunningServer.start(config, universe, own, options);
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  say("server %s: stopping".formatted(own.name()));
                  running.close();
                  say("server %s: stopped".formatted(own.name()));
                  // A JVM that SIGTERM ends has status 143; an orderly end is status 0.
                  Runtime.getRuntime().halt(ended.getNow(0));
                }));
    running.awaitStarted();
    say(
        "server %s: clients and peers on %s:%d, data in %s"
            .formatted(own.name(), own.host(), own.port(), own.data()));
    String reason = running.died().join();
    say("server %s: cannot go on: %s".formatted(own.name(), reason));
    ended.complete(1);
    return 1;
  }

  private void say(String line) {
    if (spec != null) {
      spec.commandLine().getOut().println(line);
      spec.commandLine().getOut().flush();
    }
  }
}
