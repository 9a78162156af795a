package io.meridiandb.paxos.log;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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
    long membersIndex;
    ByteString members = ByteString.EMPTY;
    Ballot floorBallot = Ballot.ZERO;
    long floorIndex;
    boolean closed;

    /** All is forgotten but what was promised, and how far the votes may have reached. */
    void close() {
      closed = true;
      baseIndex = 0;
      baseBallot = Ballot.ZERO;
      commit = 0;
      membersIndex = 0;
      members = ByteString.EMPTY;
    }

    void raiseFloor(Ballot ballot, long index) {
      int byBallot = ballot.compareTo(floorBallot);
      if (byBallot > 0 || (byBallot == 0 && index > floorIndex)) {
        floorBallot = ballot;
        floorIndex = index;
      }
    }
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
        case LogRecord.Members(GroupId id, long index, ByteString configuration) -> {
          Group group = group(id);
          group.closed = false;
          if (index >= group.membersIndex) {
            group.membersIndex = index;
            group.members = configuration;
          }
        }
        case LogRecord.VoteFloor(GroupId id, Ballot ballot, long index) ->
            group(id).raiseFloor(ballot, index);
        case LogRecord.Closed(GroupId id) -> group(id).close();
        case LogRecord.Append append -> group(append.group());
        case LogRecord.Restamp _, LogRecord.CutSuffix _ -> {}
      }
    }
  }

  /** Tells the last of {@code segments} which indexes the records that stand in it speak of. */
  static void note(List<LogRecord> records, Collection<Segment> segments, Segment segment) {
    for (LogRecord entry : records) {
      switch (entry) {
        case LogRecord.Closed gone ->
            segments.forEach(earlier -> earlier.lastIndexes.remove(gone.group()));
        case LogRecord.Append append -> segment.speaksOf(append.group(), append.entry().index());
        case LogRecord.Restamp restamp -> segment.speaksOf(restamp.group(), restamp.to());
        case LogRecord.CutSuffix _,
            LogRecord.CutPrefix _,
            LogRecord.Promise _,
            LogRecord.Commit _,
            LogRecord.Members _,
            LogRecord.VoteFloor _,
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
      if (!group.floorBallot.equals(Ballot.ZERO)) {
        records.add(new LogRecord.VoteFloor(id, group.floorBallot, group.floorIndex));
      }
      if (!group.members.isEmpty()) {
        records.add(new LogRecord.Members(id, group.membersIndex, group.members));
      }
      if (group.closed) {
        records.add(new LogRecord.Closed(id));
      }
    });
    return records;
  }

  /** Entries up to here lie behind the group's checkpoint. */
  long baseIndex(GroupId id) {
    Group group = groups.get(id);
    if (group != null && group.closed) {
      return Long.MAX_VALUE; // nobody needs them any more
    }
    return group == null ? 0 : group.baseIndex;
  }

  /** What a server begins with. */
  RecoveredLog recovered(RecoveredEntries entries) {
    SortedMap<GroupId, RecoveredGroup> found = new TreeMap<>();
    groups.forEach((id, group) -> {
      entries.index(id, group.baseIndex); // what is missing is found here
      found.put(
          id,
          new RecoveredGroup(
              id,
              group.promised,
              group.baseIndex,
              group.baseBallot,
              group.commit,
              entries.old(id),
              entries.inMemory(id),
              new RecoveredMembership(
                  group.membersIndex, group.members, group.floorBallot, group.floorIndex)));
    });
    return new RecoveredLog(leaseBound, timeMark, found);
  }

  private Group group(GroupId id) {
    return groups.computeIfAbsent(id, unused -> new Group());
  }
}
