package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks a simulation from outside, against true time and the disks, after every event. */
final class PaxosOracle {
  private record Closed(Timestamp t, long afterIndex) {}

  private final PaxosSimulation world;
  private final Map<GroupId, TreeMap<Long, LogEntry>> chosen = new TreeMap<>();
  private final Map<GroupId, List<Closed>> closed = new TreeMap<>();

  PaxosOracle(PaxosSimulation world) {
    this.world = world;
    for (GroupId group : world.groups) {
      chosen.put(group, new TreeMap<>());
      closed.put(group, new ArrayList<>());
    }
  }

  long lastChosen(GroupId group) {
    return chosen.get(group).isEmpty() ? 0 : chosen.get(group).lastKey();
  }

  int chosenCount() {
    return chosen.values().stream().mapToInt(TreeMap::size).sum();
  }

  /** Reliability C1: one leader of a group with a lease at one true time. */
  void checkLeases() {
    for (GroupId group : world.groups) {
      SimulatedServer leader = null;
      for (SimulatedServer server : world.servers) {
        if (server.up
            && server.members.get(group).announced
            && new Timestamp(world.time).isBefore(server.holder.leaseEnd(group))) {
          if (leader != null) {
            throw new AssertionError(
                "two leaders of " + group + ": " + leader.id + " and " + server.id + world);
          }
          leader = server;
        }
      }
    }
  }

  /** Reliability C2, C3, C5, C8. */
  void chosen(SimulatedServer by, GroupId group, LogEntry entry) {
    TreeMap<Long, LogEntry> log = chosen.get(group);
    LogEntry before = log.putIfAbsent(entry.index(), entry);
    if (before != null) {
      if (!before.sameContent(entry)) {
        throw new AssertionError(
            by.id + " chose " + entry + ", but " + before + " was chosen" + world);
      }
      return;
    }
    PaxosCore core = by.members.get(group).core;
    if (!durable(core.members(), group, entry)
        && !durable(core.membersAt(entry.index()), group, entry)) {
      throw new AssertionError(entry + " is chosen but not durable at a majority" + world);
    }
    if (!SimulatedServer.isCommand(entry)) {
      return;
    }
    for (LogEntry earlier : log.headMap(entry.index()).values()) {
      if (SimulatedServer.isCommand(earlier) && !entry.timestamp().isAfter(earlier.timestamp())) {
        throw new AssertionError("timestamps fall from " + earlier + " to " + entry + world);
      }
    }
    for (Closed promise : closed.get(group)) {
      if (entry.index() > promise.afterIndex && !entry.timestamp().isAfter(promise.t)) {
        throw new AssertionError(entry + " lies below the closed timestamp " + promise + world);
      }
    }
  }

  private boolean durable(Configuration members, GroupId group, LogEntry entry) {
    return members
        .quorum()
        .reachedBy(id -> world.servers.get((int) id.value() - 1).disk.get(group).holds(entry));
  }

  void promised(GroupId group, Timestamp t, long lastIndex) {
    closed.get(group).add(new Closed(t, lastIndex));
  }
}
