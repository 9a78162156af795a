package io.meridiandb.paxos.attack;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.OldPart;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.log.RecoveredMembership;
import java.util.List;
import java.util.TreeMap;

/** A disk as the rules of {@link LogRecord} describe it: what is durable of one group. */
final class AttackDisk {
  private final GroupId group;
  private final TreeMap<Long, LogEntry> entries = new TreeMap<>();
  private Ballot promised = Ballot.ZERO;
  private Ballot baseBallot = Ballot.ZERO;
  private RecoveredMembership membership = RecoveredMembership.NONE;
  private long commit;
  long base;

  /** The state machine has this durable. */
  long checkpoint;

  AttackDisk(GroupId group) {
    this.group = group;
  }

  void write(LogRecord record) {
    switch (record) {
      case LogRecord.Append append -> {
        long last = entries.isEmpty() ? base : entries.lastKey();
        if (append.entry().index() != last + 1) {
          throw new AssertionError("a hole in the log: " + append.entry() + " after " + last);
        }
        entries.put(append.entry().index(), append.entry());
      }
      case LogRecord.Restamp stamp ->
          entries
              .subMap(stamp.from(), true, stamp.to(), true)
              .replaceAll((index, entry) -> entry.stamped(stamp.ballot()));
      case LogRecord.CutSuffix cut -> entries.tailMap(cut.lastKept(), false).clear();
      case LogRecord.CutPrefix cut -> {
        entries.headMap(cut.lastDropped(), true).clear();
        base = cut.lastDropped();
        baseBallot = cut.ballot();
      }
      case LogRecord.Promise promise -> promised = promise.ballot();
      case LogRecord.Commit hint -> commit = hint.index();
      case LogRecord.Members at ->
          membership =
              new RecoveredMembership(
                  at.index(),
                  at.configuration(),
                  membership.floorBallot(),
                  membership.floorIndex());
      default -> throw new AssertionError("not expected here: " + record);
    }
  }

  /** Whether it has the entry, or had it and has a checkpoint that covers it. */
  boolean holds(LogEntry wanted) {
    LogEntry held = entries.get(wanted.index());
    return wanted.index() <= base || held != null && held.sameContent(wanted);
  }

  /** Whether the log goes at least so far. */
  boolean reaches(long index) {
    return index <= base || entries.containsKey(index);
  }

  RecoveredGroup recover() {
    return new RecoveredGroup(
        group,
        promised,
        base,
        baseBallot,
        Math.max(base, commit),
        OldPart.NONE,
        List.copyOf(entries.values()),
        membership);
  }
}
