package io.meridiandb.paxos.log;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that the log must never forget but entries: small, so each segment begins with a copy
 * of it. Built up from the records in their order, alike when they are read and when they are
 * written. Lives on the log's strand.
 */
final class HardState {
  /** What a group's voter must not forget. */
  private static final class Group {
    Ballot promised = Ballot.ZERO;
    long baseIndex;
    Ballot baseBallot = Ballot.ZERO;
    long commit;
  }

  private Duration leaseBound = Duration.ZERO;
  private Timestamp timeMark = Timestamp.MIN;
  private final SortedMap<GroupId, Group> groups = new TreeMap<>();

  void apply(List<LogRecord> records) {
    for (LogRecord entry : records) {
      switch (entry) {
        case LogRecord.Promise(GroupId id, Ballot ballot) -> {
          Group group = group(id);
          group.promised = Ballot.max(group.promised, ballot);
        }
        case LogRecord.CutPrefix(GroupId id, long lastDropped, Ballot ballot) -> {
          Group group = group(id);
          if (lastDropped > group.baseIndex) {
            group.baseIndex = lastDropped;
            group.baseBallot = ballot;
            group.commit = Math.max(group.commit, lastDropped);
          }
        }
        case LogRecord.Commit(GroupId id, long index) -> {
          Group group = group(id);
          group.commit = Math.max(group.commit, index);
        }
        case LogRecord.LeaseBound(Duration bound) -> leaseBound = bound;
        case LogRecord.TimeMark(Timestamp mark) -> timeMark = mark;
        case LogRecord.Append append -> group(append.group());
        case LogRecord.Restamp _, LogRecord.CutSuffix _ -> {}
      }
    }
  }

  /** Tells {@code segment} which indexes the records that stand in it speak of. */
  static void note(List<LogRecord> records, Segment segment) {
    for (LogRecord entry : records) {
      switch (entry) {
        case LogRecord.Append append -> segment.speaksOf(append.group(), append.entry().index());
        case LogRecord.Restamp restamp -> segment.speaksOf(restamp.group(), restamp.to());
        case LogRecord.CutSuffix _,
            LogRecord.CutPrefix _,
            LogRecord.Promise _,
            LogRecord.Commit _,
            LogRecord.LeaseBound _,
            LogRecord.TimeMark _ -> {}
      }
    }
  }

  /** All of it as records that build it up again. */
  List<LogRecord> records() {
    List<LogRecord> records = new ArrayList<>();
    records.add(new LogRecord.LeaseBound(leaseBound));
    if (timeMark.isAfter(Timestamp.MIN)) {
      records.add(new LogRecord.TimeMark(timeMark));
    }
    groups.forEach((id, group) -> {
      records.add(new LogRecord.Promise(id, group.promised));
      if (group.baseIndex > 0) {
        records.add(new LogRecord.CutPrefix(id, group.baseIndex, group.baseBallot));
      }
      if (group.commit > group.baseIndex) {
        records.add(new LogRecord.Commit(id, group.commit));
      }
    });
    return records;
  }

  /** Entries up to here lie behind the group's checkpoint. */
  long baseIndex(GroupId id) {
    Group group = groups.get(id);
    return group == null ? 0 : group.baseIndex;
  }

  /** What a server begins with. */
  RecoveredLog recovered(RecoveredEntries entries) {
    SortedMap<GroupId, RecoveredGroup> found = new TreeMap<>();
    groups.forEach((id, group) ->
        found.put(
            id,
            new RecoveredGroup(
                id,
                group.promised,
                group.baseIndex,
                group.baseBallot,
                group.commit,
                entries.of(id, group.baseIndex))));
    return new RecoveredLog(leaseBound, timeMark, found);
  }

  private Group group(GroupId id) {
    return groups.computeIfAbsent(id, unused -> new Group());
  }
}
