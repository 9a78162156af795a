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
 * A replica's log above the last dropped entry, in memory; stamps never fall from index to index.
 */
final class GroupLog {
  /** An entry and how many bytes all entries up to it have cost since the start. */
  private record Placed(LogEntry entry, long end) {}

  private final List<Placed> entries = new ArrayList<>();
  private final ConfigurationStack configurations;
  private long baseIndex;
  private Ballot baseBallot;
  private Timestamp highestTimestamp = Timestamp.MIN;

  /** Bytes of everything that was dropped or cut off in front of the first entry. */
  private long baseEnd;

  GroupLog(RecoveredGroup recovered, Configuration initial) {
    baseIndex = recovered.baseIndex();
    baseBallot = recovered.baseBallot();
    configurations = new ConfigurationStack(recovered.membership(), initial);
    recovered.entries().forEach(this::append);
  }

  /** Who belongs to the group, from entry to entry. */
  ConfigurationStack configurations() {
    return configurations;
  }

  long baseIndex() {
    return baseIndex;
  }

  Ballot baseBallot() {
    return baseBallot;
  }

  long lastIndex() {
    return baseIndex + entries.size();
  }

  /** The ballot whose whole log this is. */
  Ballot lastBallot() {
    return entries.isEmpty() ? baseBallot : entries.getLast().entry.ballot();
  }

  Timestamp highestTimestamp() {
    return highestTimestamp;
  }

  long bytes() {
    return end(lastIndex()) - baseEnd;
  }

  /** What the entries after {@code from}, up to {@code to}, cost together. */
  long bytesBetween(long from, long to) {
    return Math.max(0, end(to) - end(Math.max(from, baseIndex)));
  }

  /** Bytes of all entries up to {@code index}, dropped ones too, from wherever counting began. */
  long endOf(long index) {
    return end(index);
  }

  private long end(long index) {
    return index <= baseIndex ? baseEnd : placed(index).end;
  }

  private Placed placed(long index) {
    if (!holds(index)) {
      throw Invariants.unreachable("entry %d of a log %d..%d", index, baseIndex + 1, lastIndex());
    }
    return entries.get(Math.toIntExact(index - baseIndex - 1));
  }

  LogEntry entry(long index) {
    return placed(index).entry;
  }

  boolean holds(long index) {
    return index > baseIndex && index <= lastIndex();
  }

  void append(LogEntry entry) {
    Invariants.check(
        entry.index() == lastIndex() + 1, "entry %s after index %d", entry, lastIndex());
    Invariants.check(
        !lastBallot().isAfter(entry.ballot()), "entry %s after stamp %s", entry, lastBallot());
    entries.add(new Placed(entry, end(lastIndex()) + entry.bytes()));
    highestTimestamp = Timestamp.max(highestTimestamp, entry.timestamp());
    if (entry.kind() == EntryKind.CONFIGURATION) {
      configurations.append(entry.index(), Configuration.decode(entry.payload()));
    }
  }

  void cutSuffix(long lastKept) {
    Invariants.check(lastKept >= baseIndex, "cut to %d below base %d", lastKept, baseIndex);
    while (lastIndex() > lastKept) {
      entries.removeLast();
    }
    configurations.cutSuffix(lastKept);
  }

  void cutPrefix(long lastDropped) {
    Placed last = placed(lastDropped);
    baseBallot = last.entry.ballot();
    baseEnd = last.end;
    entries.subList(0, Math.toIntExact(lastDropped - baseIndex)).clear();
    baseIndex = lastDropped;
    configurations.cutPrefix(lastDropped);
  }

  /**
   * A checkpoint reaches beyond the end, or contradicts what stands there: the log is empty and
   * goes on after it, as the log of the leader of {@code stamp}.
   */
  void beginAfter(long checkpointIndex, Ballot stamp) {
    baseBallot = stamp;
    baseEnd = end(lastIndex());
    baseIndex = checkpointIndex;
    entries.clear();
    configurations.beginAfter(checkpointIndex);
  }

  void restamp(long from, long to, Ballot ballot) {
    for (long i = from; i <= to; i++) {
      Placed old = placed(i);
      entries.set(
          Math.toIntExact(i - baseIndex - 1), new Placed(old.entry.stamped(ballot), old.end));
    }
  }

  /** Entries {@code from..to}, at least one, at most so many entries and bytes. */
  List<LogEntry> slice(long from, long to, int entriesMax, long bytesMax) {
    List<LogEntry> part = new ArrayList<>();
    long size = 0;
    for (long i = from; i <= Math.min(to, lastIndex()) && part.size() < entriesMax; i++) {
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
