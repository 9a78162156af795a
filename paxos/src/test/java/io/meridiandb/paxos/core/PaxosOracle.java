package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.Configuration;
import java.util.Map;
import java.util.TreeMap;

/** Checks a simulation from outside, against true time and the disks, after every event. */
final class PaxosOracle {
  private final PaxosSimulation world;
  private final Map<GroupId, TreeMap<Long, LogEntry>> chosen = new TreeMap<>();

  /** The commands among them: their timestamps rise, so that neighbours tell for all. */
  private final Map<GroupId, TreeMap<Long, LogEntry>> commands = new TreeMap<>();

  /** By the entry after which nothing comes up to then; the highest promise so far at each. */
  private final Map<GroupId, TreeMap<Long, Timestamp>> closed = new TreeMap<>();

  PaxosOracle(PaxosSimulation world) {
    this.world = world;
    for (GroupId group : world.groups) {
      chosen.put(group, new TreeMap<>());
      commands.put(group, new TreeMap<>());
      closed.put(group, new TreeMap<>());
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
    Map.Entry<Long, LogEntry> earlier = commands.get(group).lowerEntry(entry.index());
    Map.Entry<Long, LogEntry> later = commands.get(group).higherEntry(entry.index());
    boolean rises =
        (earlier == null || entry.timestamp().isAfter(earlier.getValue().timestamp()))
            && (later == null || later.getValue().timestamp().isAfter(entry.timestamp()));
    if (!rises) {
      throw new AssertionError(
          "timestamps fall from " + earlier + " over " + entry + " to " + later + world);
    }
    commands.get(group).put(entry.index(), entry);
    Map.Entry<Long, Timestamp> promise = closed.get(group).lowerEntry(entry.index());
    if (promise != null && !entry.timestamp().isAfter(promise.getValue())) {
      throw new AssertionError(entry + " lies below the closed timestamp " + promise + world);
    }
  }

  private boolean durable(Configuration members, GroupId group, LogEntry entry) {
    return members
        .quorum()
        .reachedBy(id -> world.servers.get((int) id.value() - 1).disk.get(group).holds(entry));
  }

  /** Keeps what is promised as stairs: both the entries and the timestamps rise. */
  void promised(GroupId group, Timestamp t, long lastIndex) {
    TreeMap<Long, Timestamp> stairs = closed.get(group);
    Map.Entry<Long, Timestamp> below = stairs.floorEntry(lastIndex);
    if (below != null && !below.getValue().isBefore(t)) {
      return;
    }
    stairs.put(lastIndex, t);
    Map.Entry<Long, Timestamp> above = stairs.higherEntry(lastIndex);
    while (above != null && !above.getValue().isAfter(t)) {
      stairs.remove(above.getKey());
      above = stairs.higherEntry(lastIndex);
    }
  }
}
