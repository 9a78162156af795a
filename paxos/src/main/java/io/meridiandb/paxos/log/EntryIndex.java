package io.meridiandb.paxos.log;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the entries of one group are: in memory, in a segment, or both. Lives on the server strand.
 */
final class EntryIndex {
  /**
   * One entry: {@code entry} is null once only the disk has it, {@code position} until it is
   * written.
   */
  static final class Slot {
    final long index;
    final int payloadBytes;
    Ballot ballot;
    @Nullable LogEntry entry;
    Frame.@Nullable Position position;

    Slot(LogEntry entry) {
      this.index = entry.index();
      this.payloadBytes = entry.payload().size();
      this.ballot = entry.ballot();
      this.entry = entry;
    }
  }

  private long baseIndex;
  private final List<Slot> slots = new ArrayList<>();

  EntryIndex(long baseIndex) {
    this.baseIndex = baseIndex;
  }

  Slot append(LogEntry entry) {
    Invariants.check(
        entry.index() == lastIndex() + 1,
        "entry %s is appended behind entry %s",
        entry.index(),
        lastIndex());
    Slot slot = new Slot(entry);
    slots.add(slot);
    return slot;
  }

  /** Takes in an entry found on the disk; it stays there. */
  void recover(RecoveredEntries.Found found) {
    Slot slot = append(found.entry());
    slot.entry = null;
    slot.position = found.position();
  }

  void restamp(Ballot ballot, long from, long to) {
    Invariants.check(
        from > baseIndex && to <= lastIndex(), "entries %s to %s are not all here", from, to);
    for (Slot slot : range(from, to)) {
      slot.ballot = ballot;
    }
  }

  void cutSuffix(long lastKept) {
    Invariants.check(lastKept >= baseIndex, "cut above %s, below the base %s", lastKept, baseIndex);
    if (lastKept < lastIndex()) {
      slots.subList((int) (lastKept - baseIndex), slots.size()).clear();
    }
  }

  void cutPrefix(long lastDropped) {
    if (lastDropped > baseIndex) {
      slots.subList(0, (int) Math.min(slots.size(), lastDropped - baseIndex)).clear();
      baseIndex = lastDropped;
    }
  }

  long lastIndex() {
    return baseIndex + slots.size();
  }

  /** The slots from {@code from} to {@code to}; none if {@code from} is not in the log. */
  List<Slot> range(long from, long to) {
    if (from <= baseIndex || from > lastIndex() || to < from) {
      return List.of();
    }
    return slots.subList(
        (int) (from - baseIndex - 1), (int) (Math.min(to, lastIndex()) - baseIndex));
  }
}
