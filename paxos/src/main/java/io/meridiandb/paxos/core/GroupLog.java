package io.meridiandb.paxos.core;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Configuration;
import java.util.ArrayList;
import java.util.List;

/**
 * A replica's log above the last dropped entry; stamps never fall from index to index. The newest
 * entries are in memory, and all that are not known to be chosen; older ones are on the disk only
 * ({@link #letGo}), and are here for one step when they have been read back.
 */
final class GroupLog {
  /** An entry and how many bytes all entries up to it have cost since the start. */
  private record Placed(LogEntry entry, long end) {}

  /** Follow upon the old ones. */
  private final List<Placed> entries = new ArrayList<>();

  private final OldEntries old;
  private final ConfigurationStack configurations;
  private Timestamp highestTimestamp;

  /** Some of the old ones, without holes; as long as a step lasts. */
  private List<LogEntry> readBack = List.of();

  GroupLog(RecoveredGroup recovered, Configuration initial) {
    old = new OldEntries(recovered.baseIndex(), recovered.baseBallot());
    recovered.old().pieces().forEach(old::add);
    highestTimestamp = recovered.old().highest();
    configurations = new ConfigurationStack(recovered.membership(), initial);
    recovered.old().configurations().forEach(this::configuration);
    recovered.entries().forEach(this::append);
  }

  /** Who belongs to the group, from entry to entry. */
  ConfigurationStack configurations() {
    return configurations;
  }

  long baseIndex() {
    return old.baseIndex();
  }

  Ballot baseBallot() {
    return old.baseBallot();
  }

  long lastIndex() {
    return old.lastIndex() + entries.size();
  }

  /** The last entry that is not in memory. */
  long lastOld() {
    return old.lastIndex();
  }

  /** The ballot whose whole log this is. */
  Ballot lastBallot() {
    return entries.isEmpty() ? old.lastBallot() : entries.getLast().entry.ballot();
  }

  Timestamp highestTimestamp() {
    return highestTimestamp;
  }

  long bytes() {
    return end(lastIndex()) - old.baseEnd();
  }

  /** What the entries in memory cost. */
  long bytesInMemory() {
    return end(lastIndex()) - end(lastOld());
  }

  /** What the entries after {@code from}, up to {@code to}, cost together; old ones about. */
  long bytesBetween(long from, long to) {
    return Math.max(0, end(to) - end(Math.max(from, baseIndex())));
  }

  /** Bytes of all entries up to {@code index}, dropped ones too, from wherever counting began. */
  long endOf(long index) {
    return end(index);
  }

  private long end(long index) {
    if (index <= baseIndex()) {
      return old.baseEnd();
    }
    return index <= lastOld() ? old.end(index) : placed(index).end;
  }

  private Placed placed(long index) {
    if (index <= lastOld() || index > lastIndex()) {
      throw Invariants.unreachable(
          "entry %d of a log with %d..%d in memory", index, lastOld() + 1, lastIndex());
    }
    return entries.get(Math.toIntExact(index - lastOld() - 1));
  }

  /** One that is {@link #here}. */
  LogEntry entry(long index) {
    return index <= lastOld() && here(index)
        ? readBack.get(Math.toIntExact(index - readBack.getFirst().index()))
        : placed(index).entry;
  }

  /** Whether the log has it, in memory or on the disk. */
  boolean holds(long index) {
    return index > baseIndex() && index <= lastIndex();
  }

  /** Whether the log has it, and it needs not be read first. */
  boolean here(long index) {
    boolean read =
        !readBack.isEmpty()
            && index >= readBack.getFirst().index()
            && index <= readBack.getLast().index();
    return holds(index) && (index > lastOld() || read);
  }

  /** Old entries are here until the end of this step. */
  void readBack(List<LogEntry> part) {
    readBack = part;
  }

  /**
   * Lets go of the oldest entries up to {@code upTo}, which are chosen and have been handed to the
   * disk, if more than {@code bytesMax} are in memory: of an eighth more than needed, so that it
   * happens rarely.
   */
  void letGo(long upTo, long bytesMax) {
    if (bytesInMemory() <= bytesMax) {
      return;
    }
    long target = end(lastIndex()) - (bytesMax - bytesMax / 8);
    int count = 0;
    while (lastOld() < upTo && end(lastOld()) < target) {
      Placed oldest = entries.get(count++);
      old.add(oldest.entry.index(), oldest.entry.index(), oldest.entry.ballot(), oldest.end);
    }
    entries.subList(0, count).clear();
  }

  void append(LogEntry entry) {
    Invariants.check(
        entry.index() == lastIndex() + 1, "entry %s after index %d", entry, lastIndex());
    Invariants.check(
        !lastBallot().isAfter(entry.ballot()), "entry %s after stamp %s", entry, lastBallot());
    entries.add(new Placed(entry, end(lastIndex()) + entry.bytes()));
    highestTimestamp = Timestamp.max(highestTimestamp, entry.timestamp());
    if (entry.kind() == EntryKind.CONFIGURATION) {
      configuration(entry);
    }
  }

  private void configuration(LogEntry entry) {
    configurations.append(entry.index(), Configuration.decode(entry.payload()));
  }

  void cutSuffix(long lastKept) {
    Invariants.check(lastKept >= lastOld(), "cut to %d below %d", lastKept, lastOld());
    while (lastIndex() > lastKept) {
      entries.removeLast();
    }
    configurations.cutSuffix(lastKept);
  }

  void cutPrefix(long lastDropped) {
    if (lastDropped <= lastOld()) {
      old.cutPrefix(lastDropped);
    } else {
      Placed last = placed(lastDropped);
      entries.subList(0, Math.toIntExact(lastDropped - lastOld())).clear();
      old.beginAfter(lastDropped, last.entry.ballot(), last.end);
    }
    configurations.cutPrefix(lastDropped);
  }

  /**
   * A checkpoint reaches beyond the end, or contradicts what stands there: the log is empty and
   * goes on after it, as the log of the leader of {@code stamp}.
   */
  void beginAfter(long checkpointIndex, Ballot stamp) {
    long end = end(lastIndex());
    entries.clear();
    old.beginAfter(checkpointIndex, stamp, end);
    configurations.beginAfter(checkpointIndex);
  }

  void restamp(long from, long to, Ballot ballot) {
    for (long i = from; i <= to; i++) {
      Placed before = placed(i);
      entries.set(
          Math.toIntExact(i - lastOld() - 1), new Placed(before.entry.stamped(ballot), before.end));
    }
  }

  /** Entries {@code from..to}, from one that is here on, at most so many entries and bytes. */
  List<LogEntry> slice(long from, long to, int entriesMax, long bytesMax) {
    List<LogEntry> part = new ArrayList<>();
    long size = 0;
    for (long i = from; i <= to && here(i) && part.size() < entriesMax; i++) {
      LogEntry next = entry(i);
      size += next.bytes();
      if (size > bytesMax && !part.isEmpty()) {
        break;
      }
      part.add(next);
    }
    return part;
  }
}
