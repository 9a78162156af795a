package io.meridiandb.bench.crash;

import io.meridiandb.bench.process.MeridianProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One server of a universe as an operating-system process of its own, started by the same command
 * line as a user's.
 */
public final class ServerProcess {
  private static final long EXIT_WAIT_SECONDS = 30;

  private final String name;
  private final Path config;
  private final String disk;
  private @Nullable Process process;

  ServerProcess(String name, Path config, String disk) {
    this.name = name;
    this.config = config;
    this.disk = disk;
  }

  /** As the universe file calls it. */
  public String name() {
    return name;
  }

  /** Where its output goes. */
  Path log() {
    return config.resolveSibling(name + ".log");
  }

  /** Starts it; its output goes to a file beside the universe file. */
  public void start() throws IOException {
    List<String> command = MeridianProcess.command();
    command.addAll(
        List.of("start", "--config", config.toString(), "--server", name, "--disk", disk));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
  }

  /** Ends it the hard way: SIGKILL, no shutdown hook runs, nothing more is written. */
  public void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      if (!running.waitFor(EXIT_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " survived SIGKILL for " + EXIT_WAIT_SECONDS + " s");
      }
      process = null;
    }
  }

  /** Stops it in the middle of whatever it does (SIGSTOP), for so long (then SIGCONT). */
  public void pause(Duration length) throws IOException, InterruptedException {
    Process running = process;
    if (running != null) {
      signal("STOP", running);
      Thread.sleep(length);
      signal("CONT", running);
    }
  }

  private static void signal(String name, Process to) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, "" + to.pid()).start().waitFor();
    if (status != 0) {
      throw new IllegalStateException(
          "kill -%s %d ended with %d".formatted(name, to.pid(), status));
    }
  }

  /** Asks it to end (SIGTERM) and returns its exit status. */
  int stop() throws InterruptedException {
    Process running = process;
    if (running == null) {
      return 0;
    }
    running.destroy();
    if (!running.waitFor(EXIT_WAIT_SECONDS, TimeUnit.SECONDS)) {
      running.destroyForcibly();
      return -1;
    }
    process = null;
    return running.exitValue();
  }

  /** Whether it runs; a server that ended by itself does not. */
  boolean running() {
    Process current = process;
    return current != null && current.isAlive();
  }
}
