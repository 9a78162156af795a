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
  private static final String HEAD = "meridian group 0 format 1 members";
  private static final String FOLLOWERS = " followers";
  private static final int BYTES_MAX = 4096;

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

  /** Writes and forces it. */
  public void write(Disk disk) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    members.full().forEach(member -> text.append(' ').append(member.value()));
    if (!members.readOnly().isEmpty()) {
      text.append(FOLLOWERS);
      members.readOnly().forEach(member -> text.append(' ').append(member.value()));
    }
    text.append(" end\n");
    try (DiskFile file = disk.open(FILE)) {
      file.write(0, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
      file.force().join();
    }
    disk.forceFolder("");
  }

  /**
   * Reads it.
   *
   * @throws ConfigException if it is not there or damaged
   */
  public static GroupZero read(Disk disk) throws IOException {
    if (!disk.exists(FILE)) {
      throw new ConfigException(
          "the data folder holds no configuration of group 0 (file %s): run `meridian init`"
              .formatted(FILE));
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
    try (DiskFile file = disk.open(FILE)) {
      file.read(0, bytes);
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    if (!text.startsWith(HEAD + " ") || !text.endsWith(" end")) {
      throw new ConfigException("the file %s is damaged: '%s'".formatted(FILE, text));
    }
    String ids = text.substring(HEAD.length(), text.length() - " end".length());
    int followers = ids.indexOf(FOLLOWERS);
    try {
      return new GroupZero(
          ReplicaSet.of(
              servers(followers < 0 ? ids : ids.substring(0, followers)),
              List.of(),
              followers < 0 ? List.of() : servers(ids.substring(followers + FOLLOWERS.length()))));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("the file %s is damaged: '%s'".formatted(FILE, text));
    }
  }

  private static List<ServerId> servers(String ids) {
    List<ServerId> servers = new ArrayList<>();
    for (String id : List.of(ids.strip().split(" "))) {
      servers.add(new ServerId(Long.parseLong(id)));
    }
    return servers;
  }
}
