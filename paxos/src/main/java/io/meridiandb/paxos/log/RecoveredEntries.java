package io.meridiandb.paxos.log;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The entries that recovery meets, until it is at the end of the log. In between there may be
 * holes: what stood there lies behind a checkpoint of which a later record tells.
 */
final class RecoveredEntries {
  /** An entry and the frame it stands in. */
  record Found(LogEntry entry, Frame.Position position) {}

  private final SortedMap<GroupId, NavigableMap<Long, Found>> groups = new TreeMap<>();

  void apply(List<LogRecord> records, Frame.Position position) {
    for (LogRecord each : records) {
      switch (each) {
        case LogRecord.Append(GroupId group, LogEntry entry) -> {
          NavigableMap<Long, Found> entries = entries(group);
          entries.tailMap(entry.index(), true).clear();
          entries.put(entry.index(), new Found(entry, position));
        }
        case LogRecord.Restamp restamp ->
            entries(restamp.group())
                .subMap(restamp.from(), true, restamp.to(), true)
                .replaceAll((index, found) ->
                    new Found(found.entry().stamped(restamp.ballot()), found.position()));
        case LogRecord.CutSuffix cut -> entries(cut.group()).tailMap(cut.lastKept(), false).clear();
        case LogRecord.CutPrefix cut ->
            entries(cut.group()).headMap(cut.lastDropped(), true).clear();
        case LogRecord.Closed closed -> entries(closed.group()).clear();
        case LogRecord.Promise _,
            LogRecord.Commit _,
            LogRecord.Members _,
            LogRecord.VoteFloor _,
            LogRecord.LeaseBound _,
            LogRecord.TimeMark _ -> {}
      }
    }
  }

  /** A group's entries above its checkpoint. */
  List<LogEntry> of(GroupId group, long baseIndex) {
    List<LogEntry> entries = new ArrayList<>();
    for (Found found : entries(group).values()) {
      long expected = baseIndex + 1 + entries.size();
      if (found.entry().index() != expected) {
        throw new LogDamagedException(
            "entry %d of %s is missing in the log: entry %d follows %d; replace this server with a new one"
                .formatted(expected, group, found.entry().index(), expected - 1));
      }
      entries.add(found.entry());
    }
    return entries;
  }

  /** Hands all entries on, by group and index. */
  SortedMap<GroupId, NavigableMap<Long, Found>> all() {
    return groups;
  }

  private NavigableMap<Long, Found> entries(GroupId group) {
    return groups.computeIfAbsent(group, unused -> new TreeMap<>());
  }
}
