package io.meridiandb.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which groups can choose nothing, as too few of their voters answer, and who is missing: what no
 * server can say by itself. Made of the health of all servers that answered.
 */
final class QuorumReport {
  /** Who votes, as the replica said that has applied most. */
  private record Members(long appliedIndex, List<Long> voters) {}

  private final SortedMap<Long, String> names = new TreeMap<>();
  private final SortedMap<Long, Members> members = new TreeMap<>();
  private final SortedMap<Long, List<Long>> serving = new TreeMap<>();

  /** The universe has this server. */
  void server(long id, String name) {
    names.put(id, name);
  }

  /** A server has answered. */
  void answered(long id, JsonNode health) {
    for (JsonNode group : health.path("groups")) {
      long number = group.path("id").asLong();
      List<Long> voters = new ArrayList<>();
      group.path("voters").forEach(voter -> voters.add(voter.asLong()));
      Members seen = new Members(group.path("appliedIndex").asLong(), voters);
      members.merge(number, seen, (a, b) -> a.appliedIndex >= b.appliedIndex ? a : b);
      String role = group.path("role").asText();
      if (!role.equals("stopped") && !role.equals("removed")) {
        serving.computeIfAbsent(number, anew -> new ArrayList<>()).add(id);
      }
    }
  }

  /** A line for each group without a quorum; of servers that do not answer nothing is known. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<Long, Members> each : members.entrySet()) {
      List<Long> voters = each.getValue().voters;
      List<Long> missing = new ArrayList<>(voters);
      missing.removeAll(serving.getOrDefault(each.getKey(), List.of()));
      int needed = voters.size() / 2 + 1;
      int there = voters.size() - missing.size();
      if (there < needed) {
        lines.add(
            "group %d has no quorum: %d of its %d voters answer, %d are needed; missing: %s"
                .formatted(
                    each.getKey(),
                    there,
                    voters.size(),
                    needed,
                    String.join(", ", missing.stream().map(this::name).toList())));
      }
    }
    return lines;
  }

  private String name(long server) {
    return names.getOrDefault(server, "server-" + server);
  }
}
