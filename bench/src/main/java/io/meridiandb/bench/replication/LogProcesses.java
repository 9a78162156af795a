package io.meridiandb.bench.replication;

import io.meridiandb.bench.process.MeridianProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The servers of a run as processes of their own, and how they are asked. */
final class LogProcesses implements AutoCloseable {
  private static final Duration LEADERS_MAX = Duration.ofSeconds(120);
  private static final Duration APPLIED_MAX = Duration.ofSeconds(10);
  private static final long EXIT_SECONDS_MAX = 20;
  private static final long ASK_MILLIS = 100;

  private final List<Server> servers = new ArrayList<>();

  private record Server(Process process, BufferedReader out, BufferedWriter in) {
    String read() throws IOException {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("a server of the benchmark has ended; its log tells why");
      }
      return line;
    }

    String ask(String question) throws IOException {
      in.write(question + "\n");
      in.flush();
      return read();
    }
  }

  /**
   * Starts them; they are done when {@link #awaitLeader} returns.
   *
   * @param folder for their data and logs
   * @param port of the first server
   * @param heap of each, such as {@code 512m}
   */
  LogProcesses(Path folder, int count, int groups, int port, String heap) throws IOException {
    for (int id = 1; id <= count; id++) {
      List<String> command = MeridianProcess.command(heap);
      command.addAll(
          List.of(
              "bench", "log-server",
              "--server", String.valueOf(id),
              "--servers", String.valueOf(count),
              "--groups", String.valueOf(groups),
              "--port", String.valueOf(port),
              "--data", folder.resolve("server-" + id).toString()));
      Process process =
          new ProcessBuilder(command)
              .redirectError(folder.resolve("server-" + id + ".log").toFile())
              .start();
      servers.add(
          new Server(
              process,
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
              new BufferedWriter(
                  new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8))));
    }
    for (Server server : servers) {
      server.read();
    }
  }

  /** Waits until so many groups have a leader, and the first of them is led by server 1. */
  Duration awaitLeaders(long groups) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      long led = 0;
      for (int i = 0; i < servers.size(); i++) {
        led += Long.parseLong(ask(i, "leading"));
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - begin);
      if (led == groups && !ask(0, "leading").equals("0")) {
        return waited;
      }
      if (waited.compareTo(LEADERS_MAX) > 0) {
        throw new IOException(
            "%d of %d groups have a leader after %d s".formatted(led, groups, waited.toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(ASK_MILLIS);
    }
  }

  /**
   * Whether all servers soon have what the first one has applied. One that has not has fallen so
   * far behind that it takes no part any more.
   */
  boolean allKeepUp() throws IOException, InterruptedException {
    long all = Long.parseLong(ask(0, "applied"));
    long end = System.nanoTime() + APPLIED_MAX.toNanos();
    for (int i = 1; i < servers.size(); i++) {
      while (Long.parseLong(ask(i, "applied")) < all) {
        if (System.nanoTime() - end > 0) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(ASK_MILLIS);
      }
    }
    return true;
  }

  /** One question to one server; the first has number 0. */
  String ask(int server, String question) throws IOException {
    return servers.get(server).ask(question);
  }

  int count() {
    return servers.size();
  }

  /** CPU of one server since its start, in nanoseconds. */
  long cpuNanos(int server) {
    return servers.get(server).process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  /** CPU of all servers since their start, in nanoseconds. */
  long cpuNanos() {
    long sum = 0;
    for (int i = 0; i < servers.size(); i++) {
      sum += cpuNanos(i);
    }
    return sum;
  }

  /** Ends them by the end of their input; one that does not end is killed. */
  @Override
  public void close() throws IOException {
    for (Server server : servers) {
      server.in.close();
    }
    for (Server server : servers) {
      try {
        if (!server.process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
          server.process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        server.process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
