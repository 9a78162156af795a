package io.meridiandb.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL for one run: fresh data folder, loopback, fsync on, everything else as it comes. Its
 * programs are those in the jar on the class path (Linux on x86), or those installed on the
 * machine.
 */
public final class PostgresPeer implements AutoCloseable {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final long COMMAND_SECONDS_MAX = 60;

  /** Who runs it when we are root, which PostgreSQL refuses to be. */
  private static final String NOBODY = "nobody";

  private final Path folder;
  private final Path programs;
  private final int port;

  private PostgresPeer(Path folder, Path programs, int port) {
    this.folder = folder;
    this.programs = programs;
    this.port = port;
  }

  /**
   * Starts it.
   *
   * @throws IOException if there are no programs, or they fail; the message has what they said
   */
  public static PostgresPeer start() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("meridian-peer");
    Path programs = programs(folder);
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    PostgresPeer peer = new PostgresPeer(folder, programs, port);
    Path data = Files.createDirectory(folder.resolve("data"));
    if (isRoot()) {
      for (Path path : List.of(folder, data)) {
        Files.setOwner(
            path,
            path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY));
      }
    }
    peer.run("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8");
    String options =
        "-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=".formatted(port);
    peer.run(
        "pg_ctl",
        "-D",
        data.toString(),
        "-w",
        "-l",
        folder.resolve("data").resolve("server.log").toString(),
        "-o",
        options,
        "start");
    return peer;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Path programs(Path folder) throws IOException, InterruptedException {
    try (@Nullable InputStream archive = PostgresPeer.class.getResourceAsStream(ARCHIVE)) {
      if (archive != null) {
        Path target = Files.createDirectory(folder.resolve("postgres"));
        Path file = folder.resolve("postgres.txz");
        Files.copy(archive, file, StandardCopyOption.REPLACE_EXISTING);
        execute(List.of("tar", "-xJf", file.toString(), "-C", target.toString()));
        return target.resolve("bin");
      }
    }
    Path installed = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(installed)) {
      try (var versions = Files.list(installed)) {
        Path newest = versions.sorted().reduce((a, b) -> b).orElse(null);
        if (newest != null) {
          return newest.resolve("bin");
        }
      }
    }
    throw new IOException(
        "found no PostgreSQL, neither on the class path nor in /usr/lib/postgresql;"
            + " name a running one by --peer-url");
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=nogroup", "--clear-groups"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    execute(command);
  }

  private static void execute(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("meridian-peer", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " did not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", command) + " failed: " + Files.readString(output).strip());
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Where it is. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(port);
  }

  /** Stops it and removes its folder. */
  @Override
  public void close() throws IOException {
    try {
      run("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "fast", "-w", "stop");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException error)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
