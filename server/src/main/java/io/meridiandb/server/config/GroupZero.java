package io.meridiandb.server.config;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.zip.CRC32C;

/**
 * The first configuration of group 0, which {@code init} writes into each server's data folder: who
 * votes, and who only follows so that it can tell its clients where things are. A server that finds
 * none starts no group.
 *
 * @param members the replicas
 */
public record GroupZero(ReplicaSet members) {
  /** Most voters: with more, each commit of system rows waits for more and survives little more. */
  public static final int VOTERS_MAX = 5;

  private static final String FILE = "GROUP-0";
  private static final String IN_WORK = "GROUP-0.new";
  private static final String HEAD = "meridian group 0 format ";
  private static final int FORMAT = 2;
  private static final int BYTES_MAX = 16 << 10;

  /**
   * Chooses the members among all servers of a universe: as many voters as there are zones, an odd
   * number and {@value #VOTERS_MAX} at most, each in a zone of its own as long as there are zones,
   * taken from the regions in turn; all other servers follow.
   */
  public static GroupZero choose(List<ServerConfig> servers) {
    Map<String, Map<String, Deque<ServerId>>> regions = new LinkedHashMap<>();
    for (ServerConfig server : servers) {
      regions
          .computeIfAbsent(server.region(), region -> new LinkedHashMap<>())
          .computeIfAbsent(server.zone(), zone -> new ArrayDeque<>())
          .add(server.id());
    }
    List<ServerId> order = new ArrayList<>();
    while (order.size() < servers.size()) {
      for (Map<String, Deque<ServerId>> zones : regions.values()) {
        takeOne(zones, order);
      }
    }
    long zones = servers.stream().map(ServerConfig::zone).distinct().count();
    long wanted = Math.min(VOTERS_MAX, Math.max(zones, Math.min(3, servers.size())));
    int voters = (int) (wanted % 2 == 0 ? wanted - 1 : wanted);
    return new GroupZero(
        ReplicaSet.of(order.subList(0, voters), List.of(), order.subList(voters, order.size())));
  }

  /** Takes a server of the zone that has waited longest. */
  private static void takeOne(Map<String, Deque<ServerId>> zones, List<ServerId> order) {
    for (String zone : List.copyOf(zones.keySet())) {
      Deque<ServerId> waiting = zones.remove(zone);
      if (waiting == null) {
        continue;
      }
      zones.put(zone, waiting);
      if (!waiting.isEmpty()) {
        order.add(waiting.remove());
        return;
      }
    }
  }

  /**
   * Writes it in one step: a text of the lines format, full, witnesses, followers and the CRC32C of
   * what stands before it.
   */
  public void write(Disk disk) throws IOException {
    String text =
        HEAD
            + FORMAT
            + line("full", members.full())
            + line("witnesses", members.witnesses())
            + line("followers", members.readOnly())
            + "\n";
    String whole = text + "crc32c %08x\n".formatted(checksum(text));
    try (DiskFile file = disk.open(IN_WORK)) {
      file.setSize(0);
      file.write(0, ByteBuffer.wrap(whole.getBytes(StandardCharsets.UTF_8)));
      file.force().join();
    }
    disk.rename(IN_WORK, FILE);
    disk.forceFolder("");
  }

  private static String line(String name, SortedSet<ServerId> servers) {
    StringBuilder line = new StringBuilder("\n").append(name);
    servers.forEach(server -> line.append(' ').append(server.value()));
    return line.toString();
  }

  private static int checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  /**
   * Reads it.
   *
   * @throws ConfigException if it is not there, damaged, or of a newer format
   */
  public static GroupZero read(Disk disk) throws IOException {
    if (!disk.exists(FILE)) {
      throw new ConfigException(
          "the data folder holds no configuration of group 0 (file %s): run `meridian init`"
              .formatted(FILE));
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
    try (DiskFile file = disk.open(FILE)) {
      while (bytes.hasRemaining() && file.read(bytes.position(), bytes) > 0) {}
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    if (text.startsWith(HEAD + "1 ")) {
      return new GroupZero(formatOne(text.strip()));
    }
    int crcAt = text.lastIndexOf("crc32c ");
    if (!text.startsWith(HEAD)
        || crcAt < 0
        || !text.substring(crcAt)
            .equals("crc32c %08x\n".formatted(checksum(text.substring(0, crcAt))))) {
      throw damaged(text);
    }
    List<String> lines = text.lines().toList();
    if (!lines.getFirst().equals(HEAD + FORMAT)) {
      throw new ConfigException(
          "the file %s begins with '%s', this version of Meridian reads format %d; start the version that wrote it"
              .formatted(FILE, lines.getFirst(), FORMAT));
    }
    return new GroupZero(
        ReplicaSet.of(
            servers(lines.get(1), "full"),
            servers(lines.get(2), "witnesses"),
            servers(lines.get(3), "followers")));
  }

  /** What was written before there were checksums. */
  private static ReplicaSet formatOne(String text) {
    String begin = HEAD + "1 members";
    String end = " end";
    if (!text.startsWith(begin + " ") || !text.endsWith(end)) {
      throw damaged(text);
    }
    String[] parts =
        text.substring(begin.length(), text.length() - end.length()).split(" followers");
    try {
      return ReplicaSet.of(
          servers(parts[0], ""), List.of(), parts.length < 2 ? List.of() : servers(parts[1], ""));
    } catch (IllegalArgumentException e) {
      throw damaged(text);
    }
  }

  private static ConfigException damaged(String text) {
    return new ConfigException(
        "the file %s is damaged: '%s'; restore it, or replace this server by a new one"
            .formatted(FILE, text.lines().findFirst().orElse("")));
  }

  private static List<ServerId> servers(String line, String name) {
    List<ServerId> servers = new ArrayList<>();
    for (String id : List.of(line.substring(name.length()).strip().split(" "))) {
      if (!id.isEmpty()) {
        servers.add(new ServerId(Long.parseLong(id)));
      }
    }
    return servers;
  }
}
