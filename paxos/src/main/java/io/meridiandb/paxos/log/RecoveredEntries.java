package io.meridiandb.paxos.log;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The entries that recovery meets, until it is at the end of the log. In between there may be
 * holes: what stood there lies behind a checkpoint of which a later record tells.
 *
 * <p>A log may hold far more than memory does, for a replica that was away. So where each entry
 * stands is kept ({@link EntryIndex}), and entries themselves only up to a limit: beyond it, those
 * known to be chosen stay on the disk.
 */
final class RecoveredEntries {
  /** One group's. */
  private static final class Group {
    private EntryIndex index = new EntryIndex(0);

    /** The last ones, without holes. */
    private final Deque<LogEntry> inMemory = new ArrayDeque<>();

    /** Those among the others that say who belongs to the group. */
    private final List<LogEntry> configurations = new ArrayList<>();

    /** The last of the others; all of them are chosen. */
    private long lastOld;

    private Timestamp highestOld = Timestamp.MIN;
    private long chosen;

    void append(LogEntry entry, Frame.Position position) {
      if (entry.index() <= index.lastIndex()) {
        cutSuffix(entry.index() - 1);
      } else if (entry.index() > index.lastIndex() + 1) {
        beginAfter(entry.index() - 1);
      }
      index.recover(entry, position);
      inMemory.addLast(entry);
    }

    void restamp(Ballot ballot, long from, long to) {
      long first = Math.max(from, index.baseIndex() + 1);
      long last = Math.min(to, index.lastIndex());
      if (first <= last) {
        index.restamp(ballot, first, last);
        List<LogEntry> before = List.copyOf(inMemory);
        inMemory.clear();
        for (LogEntry entry : before) {
          boolean restamped = entry.index() >= first && entry.index() <= last;
          inMemory.addLast(restamped ? entry.stamped(ballot) : entry);
        }
      }
    }

    void cutSuffix(long lastKept) {
      if (lastKept < index.baseIndex()) {
        beginAfter(lastKept);
        return;
      }
      index.cutSuffix(lastKept);
      while (!inMemory.isEmpty() && inMemory.getLast().index() > lastKept) {
        inMemory.removeLast();
      }
      lastOld = Math.min(lastOld, lastKept);
      configurations.removeIf(entry -> entry.index() > lastKept);
    }

    void cutPrefix(long lastDropped) {
      if (lastDropped >= index.lastIndex()) {
        beginAfter(lastDropped);
        return;
      }
      index.cutPrefix(lastDropped);
      while (!inMemory.isEmpty() && inMemory.getFirst().index() <= lastDropped) {
        inMemory.removeFirst();
      }
      lastOld = Math.max(lastOld, lastDropped);
      configurations.removeIf(entry -> entry.index() <= lastDropped);
    }

    void beginAfter(long last) {
      index = new EntryIndex(last);
      inMemory.clear();
      configurations.clear();
      lastOld = last;
    }

    /** Chosen entries leave memory, all but the last: it is the one to go on from. */
    void letGo() {
      while (inMemory.size() > 1 && inMemory.getFirst().index() <= chosen) {
        LogEntry oldest = inMemory.removeFirst();
        lastOld = oldest.index();
        highestOld = oldest.timestamp();
        if (oldest.kind() == EntryKind.CONFIGURATION) {
          configurations.add(oldest);
        }
      }
    }

    long bytesInMemory() {
      return inMemory.stream().mapToLong(LogEntry::bytes).sum();
    }

    OldPart old() {
      OldPart.Builder old = new OldPart.Builder(highestOld, configurations);
      for (long i = index.baseIndex() + 1; i <= lastOld; i++) {
        EntryIndex.Slot slot = index.slot(i);
        old.add(i, slot.ballot, (long) slot.payloadBytes + LogEntry.OVERHEAD_BYTES);
      }
      return old.build();
    }
  }

  private final SortedMap<GroupId, Group> groups = new TreeMap<>();
  private final long bytesMax;
  private long bytes;
  private long letGoAt;

  /** None; more than so many bytes of entries leave memory, if they are chosen. */
  RecoveredEntries(long bytesMax) {
    this.bytesMax = bytesMax;
    this.letGoAt = bytesMax;
  }

  void apply(List<LogRecord> records, Frame.Position position) {
    for (LogRecord each : records) {
      switch (each) {
        case LogRecord.Append(GroupId group, LogEntry entry) -> {
          group(group).append(entry, position);
          bytes += entry.bytes();
        }
        case LogRecord.Restamp restamp ->
            group(restamp.group()).restamp(restamp.ballot(), restamp.from(), restamp.to());
        case LogRecord.CutSuffix cut -> group(cut.group()).cutSuffix(cut.lastKept());
        case LogRecord.CutPrefix cut ->
            chosen(cut.group(), cut.lastDropped()).cutPrefix(cut.lastDropped());
        case LogRecord.Closed closed -> groups.put(closed.group(), new Group());
        case LogRecord.Commit(GroupId group, long index) -> chosen(group, index);
        case LogRecord.Promise _,
            LogRecord.Members _,
            LogRecord.VoteFloor _,
            LogRecord.LeaseBound _,
            LogRecord.TimeMark _ -> {}
      }
    }
    if (bytes > letGoAt) {
      letGo();
    }
  }

  /** Counted anew now and then only: what is not chosen yet would be looked at again and again. */
  private void letGo() {
    groups.values().forEach(Group::letGo);
    bytes = groups.values().stream().mapToLong(Group::bytesInMemory).sum();
    letGoAt = Math.max(bytesMax, bytes + bytesMax / 4);
  }

  private Group chosen(GroupId id, long upTo) {
    Group group = group(id);
    group.chosen = Math.max(group.chosen, upTo);
    return group;
  }

  private Group group(GroupId group) {
    return groups.computeIfAbsent(group, unused -> new Group());
  }

  /** A group's entries above its checkpoint that are in memory. */
  List<LogEntry> inMemory(GroupId group) {
    return List.copyOf(group(group).inMemory);
  }

  /** Those before them. */
  OldPart old(GroupId group) {
    return group(group).old();
  }

  /**
   * Where a group's entries stand.
   *
   * @param baseIndex its checkpoint: what follows must be there
   * @throws LogDamagedException if something is missing
   */
  EntryIndex index(GroupId id, long baseIndex) {
    Group group = group(id);
    boolean empty = group.index.lastIndex() == group.index.baseIndex();
    if (!empty && group.index.baseIndex() > baseIndex) {
      throw new LogDamagedException(
          "entry %d of %s is missing in the log: entry %d is the first that follows; replace this server with a new one"
              .formatted(baseIndex + 1, id, group.index.baseIndex() + 1));
    }
    if (empty) {
      group.beginAfter(baseIndex);
    } else {
      group.cutPrefix(baseIndex);
    }
    return group.index;
  }
}
