package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.OldPart;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.log.RecoveredMembership;
import java.util.ArrayList;
import java.util.List;

/** What a simulated disk holds of one group: the records that became durable, replayed. */
final class DurableGroup {
  private final GroupId group;
  Ballot promised = Ballot.ZERO;
  long base;
  Ballot baseBallot = Ballot.ZERO;
  long commit;
  long membersIndex;
  ByteString members = ByteString.EMPTY;
  Ballot floorBallot = Ballot.ZERO;
  long floorIndex;
  final List<LogEntry> entries = new ArrayList<>();

  DurableGroup(GroupId group) {
    this.group = group;
  }

  DurableGroup copy() {
    DurableGroup copy = new DurableGroup(group);
    copy.base = base;
    copy.entries.addAll(entries);
    return copy;
  }

  void replay(LogRecord record) {
    switch (record) {
      case LogRecord.Append append -> {
        if (append.entry().index() != base + entries.size() + 1) {
          throw new AssertionError("a hole in the log before " + append.entry());
        }
        entries.add(append.entry());
      }
      case LogRecord.Restamp stamp -> {
        for (long i = stamp.from(); i <= stamp.to(); i++) {
          int at = (int) (i - base - 1);
          entries.set(at, entries.get(at).stamped(stamp.ballot()));
        }
      }
      case LogRecord.CutSuffix cut -> {
        while (base + entries.size() > cut.lastKept()) {
          entries.removeLast();
        }
      }
      case LogRecord.CutPrefix cut -> {
        int count = (int) Math.min(entries.size(), cut.lastDropped() - base);
        entries.subList(0, count).clear();
        base = cut.lastDropped();
        baseBallot = cut.ballot();
      }
      case LogRecord.Promise promise -> promised = promise.ballot();
      case LogRecord.Commit hint -> commit = hint.index();
      case LogRecord.Members at -> {
        if (at.index() >= membersIndex) {
          membersIndex = at.index();
          members = at.configuration();
        }
      }
      case LogRecord.VoteFloor floor -> {
        floorBallot = floor.lastBallot();
        floorIndex = floor.lastIndex();
      }
      case LogRecord.Closed closed -> {
        entries.clear();
        base = 0;
        baseBallot = Ballot.ZERO;
        commit = 0;
        membersIndex = 0;
        members = ByteString.EMPTY;
      }
      case LogRecord.LeaseBound bound -> throw new AssertionError("not of a group: " + bound);
      case LogRecord.TimeMark mark -> throw new AssertionError("not of a group: " + mark);
    }
  }

  /** What a log gives back: nothing if the first of the entries has gone. */
  List<LogEntry> read(Signal.ReadEntries part) {
    List<LogEntry> found = new ArrayList<>();
    long bytes = 0;
    for (LogEntry entry : entries) {
      if (entry.index() >= part.from() && entry.index() <= part.to()) {
        bytes += entry.payload().size();
        if (bytes <= part.bytesMax() || found.isEmpty()) {
          found.add(entry);
        }
      }
    }
    return found.isEmpty() || found.getFirst().index() > part.from() ? List.of() : found;
  }

  boolean holds(LogEntry wanted) {
    if (wanted.index() <= base) {
      return true;
    }
    int at = (int) (wanted.index() - base - 1);
    return at < entries.size() && entries.get(at).sameContent(wanted);
  }

  /** As a log says it at a start that has room for all entries. */
  RecoveredGroup recover() {
    return recover(false);
  }

  /** The same, at every other start of one that leaves on the disk what it may. */
  RecoveredGroup recoverWithLittleMemory() {
    return recover(Math.max(base, commit) % 2 == 0);
  }

  private RecoveredGroup recover(boolean leaves) {
    long chosen = Math.max(base, commit);
    List<LogEntry> old =
        entries.stream()
            .filter(entry -> leaves && entry.index() <= chosen && entry != entries.getLast())
            .toList();
    return new RecoveredGroup(
        group,
        promised,
        base,
        baseBallot,
        chosen,
        left(old),
        List.copyOf(entries.subList(old.size(), entries.size())),
        new RecoveredMembership(membersIndex, members, floorBallot, floorIndex));
  }

  private static OldPart left(List<LogEntry> old) {
    return old.isEmpty()
        ? OldPart.NONE
        : new OldPart(
            old.stream()
                .map(each ->
                    new OldPart.Piece(each.index(), each.index(), each.ballot(), each.bytes()))
                .toList(),
            old.getLast().timestamp(),
            old.stream().filter(each -> each.kind() == EntryKind.CONFIGURATION).toList());
  }
}
