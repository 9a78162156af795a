package io.meridiandb.bench.load;

import io.meridiandb.wire.WireLimits;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the processes that listen on a URL's ports, and their CPU time, in {@code /proc}. */
public final class ServerProcesses {
  private static final String LISTENING = "0A";
  private static final int POSTGRES_PORT = 5432;

  /** Linux counts CPU time in hundredths of a second, on every machine. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private ServerProcesses() {}

  /** The ports that a JDBC URL names; empty for one inside this JVM. */
  static List<Integer> ports(String url) {
    int slashes = url.indexOf("//");
    if (slashes < 0) {
      return List.of();
    }
    List<Integer> ports = new ArrayList<>();
    for (String host : url.substring(slashes + 2).split("[/?]", 2)[0].split(",")) {
      int colon = host.indexOf(':', host.lastIndexOf(']') + 1);
      String port = colon < 0 ? "" : host.substring(colon + 1);
      if (port.isEmpty()) {
        ports.add(url.startsWith("jdbc:meridian:") ? WireLimits.SQL_PORT_DEFAULT : POSTGRES_PORT);
      } else if (port.chars().allMatch(Character::isDigit)) {
        ports.add(Integer.valueOf(port));
      }
    }
    return ports;
  }

  /** Who listens on the URL's ports; empty if {@code /proc} does not tell. */
  public static List<Long> listeners(String url) {
    Set<String> sockets = new LinkedHashSet<>();
    for (int port : ports(url)) {
      sockets.addAll(sockets(port));
    }
    Set<Long> found = new LinkedHashSet<>();
    if (!sockets.isEmpty()) {
      ProcessHandle.allProcesses()
          .map(ProcessHandle::pid)
          .filter(pid -> hasSocket(pid, sockets))
          .forEach(found::add);
    }
    return withoutChildren(found);
  }

  /** A child that inherited the socket, as PostgreSQL's do, is counted with its parent. */
  private static List<Long> withoutChildren(Set<Long> pids) {
    return pids.stream()
        .filter(pid ->
            ProcessHandle.of(pid)
                .flatMap(ProcessHandle::parent)
                .map(parent -> !pids.contains(parent.pid()))
                .orElse(true))
        .toList();
  }

  /** The names of the sockets that listen on a port, as links in {@code /proc/PID/fd} show them. */
  private static Set<String> sockets(int port) {
    Set<String> sockets = new LinkedHashSet<>();
    String suffix = ":%04X".formatted(port);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try {
        for (String line : Files.readAllLines(Path.of(table))) {
          String[] fields = line.strip().split("\\s+");
          if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(LISTENING)) {
            sockets.add("socket:[" + fields[9] + "]");
          }
        }
      } catch (IOException e) {
        return sockets; // not Linux: the caller names the processes, or their CPU is not known
      }
    }
    return sockets;
  }

  private static boolean hasSocket(long pid, Set<String> sockets) {
    try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path link : links) {
        if (Files.isSymbolicLink(link)
            && sockets.contains(Files.readSymbolicLink(link).toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // it has ended, or is another user's
    }
  }

  /**
   * CPU time of the processes and all their descendants, those that have ended included, in
   * nanoseconds; -1 if it is not known.
   */
  static long cpuNanos(List<Long> pids) {
    if (pids.isEmpty()) {
      return -1;
    }
    long ticks = 0;
    for (long pid : pids) {
      ticks += ticks(pid, true);
      ticks +=
          ProcessHandle.of(pid).stream()
              .flatMap(ProcessHandle::descendants)
              .mapToLong(child -> ticks(child.pid(), false))
              .sum();
    }
    return ticks == 0 ? -1 : ticks * NANOS_PER_TICK;
  }

  /** Fields 14 to 17 of {@code /proc/PID/stat}: user and system, own and of ended children. */
  private static long ticks(long pid, boolean withEnded) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = 0;
      for (int field = 14; field < (withEnded ? 18 : 16); field++) {
        ticks += Long.parseLong(fields[field - 3]);
      }
      return ticks;
    } catch (IOException e) {
      return 0; // it has ended: its parent counts it
    }
  }
}
