package io.meridiandb.paxos.core;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.RecoveredGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * A replica's log above the last dropped entry, in memory; stamps never fall from index to index.
 */
final class GroupLog {
  private final List<LogEntry> entries = new ArrayList<>();
  private long baseIndex;
  private Ballot baseBallot;
  private Timestamp highestTimestamp = Timestamp.MIN;
  private long bytes;

  GroupLog(RecoveredGroup recovered) {
    baseIndex = recovered.baseIndex();
    baseBallot = recovered.baseBallot();
    recovered.entries().forEach(this::append);
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
    return entries.isEmpty() ? baseBallot : entries.getLast().ballot();
  }

  Timestamp highestTimestamp() {
    return highestTimestamp;
  }

  long bytes() {
    return bytes;
  }

  LogEntry entry(long index) {
    return entries.get(Math.toIntExact(index - baseIndex - 1));
  }

  boolean holds(long index) {
    return index > baseIndex && index <= lastIndex();
  }

  void append(LogEntry entry) {
    Invariants.check(
        entry.index() == lastIndex() + 1, "entry %s after index %d", entry, lastIndex());
    Invariants.check(
        !lastBallot().isAfter(entry.ballot()), "entry %s after stamp %s", entry, lastBallot());
    entries.add(entry);
    bytes += entry.bytes();
    highestTimestamp = Timestamp.max(highestTimestamp, entry.timestamp());
  }

  void cutSuffix(long lastKept) {
    Invariants.check(lastKept >= baseIndex, "cut to %d below base %d", lastKept, baseIndex);
    while (lastIndex() > lastKept) {
      bytes -= entries.removeLast().bytes();
    }
  }

  void cutPrefix(long lastDropped) {
    baseBallot = entry(lastDropped).ballot();
    int count = Math.toIntExact(lastDropped - baseIndex);
    for (LogEntry entry : entries.subList(0, count)) {
      bytes -= entry.bytes();
    }
    entries.subList(0, count).clear();
    baseIndex = lastDropped;
  }

  /** A checkpoint reaches beyond the end: the log is empty and goes on after it. */
  void beginAfter(long checkpointIndex) {
    baseBallot = lastBallot();
    baseIndex = checkpointIndex;
    entries.clear();
    bytes = 0;
  }

  void restamp(long from, long to, Ballot ballot) {
    for (long i = from; i <= to; i++) {
      entries.set(Math.toIntExact(i - baseIndex - 1), entry(i).stamped(ballot));
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
