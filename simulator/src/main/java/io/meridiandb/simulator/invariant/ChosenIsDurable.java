package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is applied anywhere, and so acknowledged at the earliest, is on the disks of a majority of
 * the voters (reliability C 8). Not looked at while members change.
 */
public final class ChosenIsDurable extends Heard {
  /** Entries that a leader that knows new members may still have under way from before. */
  private static final long AFTER_A_CHANGE = 300;

  /** The log of one group on one disk. */
  private static final class Stored {
    private long base;
    private final TreeMap<Long, Timestamp> entries = new TreeMap<>();

    boolean holds(LogEntry entry) {
      return entry.index() <= base || entry.timestamp().equals(entries.get(entry.index()));
    }

    void cutPrefix(long lastDropped) {
      base = Math.max(base, lastDropped);
      entries.headMap(base, true).clear();
    }
  }

  private final Map<ServerId, Map<GroupId, Stored>> disks = new TreeMap<>();
  private final Map<GroupId, ReplicaSet> known = new TreeMap<>();
  private final Map<GroupId, Long> quietUntil = new TreeMap<>();
  private final Map<GroupId, Long> reached = new TreeMap<>();

  @Override
  public void recovered(ServerId server, RecoveredLog log) {
    Map<GroupId, Stored> disk = new TreeMap<>();
    for (RecoveredGroup group : log.groups().values()) {
      Stored stored = new Stored();
      stored.base = group.old().last(group.baseIndex());
      group.entries().forEach(entry -> stored.entries.put(entry.index(), entry.timestamp()));
      disk.put(group.group(), stored);
    }
    disks.put(server, disk);
  }

  @Override
  public void durable(ServerId server, List<LogRecord> batch) {
    Map<GroupId, Stored> disk = disks.computeIfAbsent(server, unused -> new TreeMap<>());
    for (LogRecord each : batch) {
      if (each instanceof LogRecord.OfGroup record) {
        Stored stored = disk.computeIfAbsent(record.group(), unused -> new Stored());
        switch (record) {
          case LogRecord.Append append ->
              stored.entries.put(append.entry().index(), append.entry().timestamp());
          case LogRecord.CutSuffix cut -> stored.entries.tailMap(cut.lastKept(), false).clear();
          case LogRecord.CutPrefix cut -> stored.cutPrefix(cut.lastDropped());
          case LogRecord.Closed _ -> disk.put(record.group(), new Stored());
          case LogRecord.Restamp _,
              LogRecord.Promise _,
              LogRecord.Commit _,
              LogRecord.Members _,
              LogRecord.VoteFloor _ -> {
            // say nothing of what is stored
          }
        }
      }
    }
  }

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    GroupId group = place.group();
    if (members == null || entry.index() <= reached.getOrDefault(group, 0L)) {
      return;
    }
    reached.put(group, entry.index());
    ReplicaSet before = known.put(group, members);
    if (before != null && !before.voters().equals(members.voters())) {
      quietUntil.put(group, entry.index() + AFTER_A_CHANGE);
    }
    if (entry.index() <= quietUntil.getOrDefault(group, 0L)) {
      return;
    }
    long holders = members.voters().stream().filter(voter -> holds(voter, group, entry)).count();
    if (holders <= members.voters().size() / 2) {
      breach("%s applies %s, which %d of the disks of %s hold", place, entry, holders, members);
    }
  }

  private boolean holds(ServerId server, GroupId group, LogEntry entry) {
    Map<GroupId, Stored> disk = disks.get(server);
    Stored stored = disk == null ? null : disk.get(group);
    return stored != null && stored.holds(entry);
  }
}
