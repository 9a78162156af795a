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
  /** Slots that have left memory go to the others on the disk so many at a time. */
  static final int SETTLED_TOGETHER = 256;

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

    /** One that only the disk has. */
    Slot(long index, Ballot ballot, int payloadBytes, Frame.Position position) {
      this.index = index;
      this.ballot = ballot;
      this.payloadBytes = payloadBytes;
      this.position = position;
    }

    private boolean isOnDiskOnly() {
      return entry == null && position != null;
    }
  }

  private long baseIndex;

  /** The older ones, of which nothing is in memory. */
  private final DiskSlots onDisk;

  /** Follow upon those. */
  private final List<Slot> slots = new ArrayList<>();

  private int leftMemory;

  EntryIndex(long baseIndex) {
    this.baseIndex = baseIndex;
    this.onDisk = new DiskSlots(baseIndex);
  }

  Slot append(LogEntry entry) {
    checkFollows(entry.index());
    Slot slot = new Slot(entry);
    slots.add(slot);
    return slot;
  }

  private void checkFollows(long index) {
    Invariants.check(
        index == lastIndex() + 1, "entry %s is appended behind entry %s", index, lastIndex());
  }

  /** Takes in an entry found on the disk; it stays there. */
  void recover(LogEntry entry, Frame.Position position) {
    checkFollows(entry.index());
    onDisk.append(new Slot(entry.index(), entry.ballot(), entry.payload().size(), position));
  }

  /** Only the disk has this one from now on; the oldest ones leave memory first. */
  void leavesMemory(Slot slot) {
    slot.entry = null;
    if (++leftMemory >= SETTLED_TOGETHER) {
      leftMemory = 0;
      int count = 0;
      while (count < slots.size() && slots.get(count).isOnDiskOnly()) {
        onDisk.append(slots.get(count++));
      }
      slots.subList(0, count).clear();
    }
  }

  void restamp(Ballot ballot, long from, long to) {
    Invariants.check(
        from > baseIndex && to <= lastIndex(), "entries %s to %s are not all here", from, to);
    if (from <= onDisk.last()) {
      onDisk.restamp(ballot, from, Math.min(to, onDisk.last()));
    }
    for (long i = Math.max(from, onDisk.last() + 1); i <= to; i++) {
      slots.get(inMemory(i)).ballot = ballot;
    }
  }

  private int inMemory(long index) {
    return Math.toIntExact(index - onDisk.last() - 1);
  }

  void cutSuffix(long lastKept) {
    Invariants.check(lastKept >= baseIndex, "cut above %s, below the base %s", lastKept, baseIndex);
    if (lastKept < lastIndex()) {
      slots.subList(Math.max(0, inMemory(lastKept + 1)), slots.size()).clear();
      onDisk.cutSuffix(lastKept);
    }
  }

  void cutPrefix(long lastDropped) {
    if (lastDropped <= baseIndex) {
      return;
    }
    if (lastDropped < onDisk.last()) {
      onDisk.cutPrefix(lastDropped);
    } else {
      slots.subList(0, (int) Math.min(slots.size(), lastDropped - onDisk.last())).clear();
      onDisk.beginAfter(lastDropped);
    }
    baseIndex = lastDropped;
  }

  /** None up to here is in it. */
  long baseIndex() {
    return baseIndex;
  }

  long lastIndex() {
    return onDisk.last() + slots.size();
  }

  /** How many slots are not among those that are on the disk only. */
  int slotCount() {
    return slots.size();
  }

  /** The slots from {@code from} to {@code to}; none if {@code from} is not in the log. */
  List<Slot> range(long from, long to) {
    if (from <= baseIndex || from > lastIndex()) {
      return List.of();
    }
    List<Slot> range = new ArrayList<>();
    for (long i = from; i <= Math.min(to, lastIndex()); i++) {
      range.add(slot(i));
    }
    return range;
  }

  /** The one at {@code index}, which is in the log. */
  Slot slot(long index) {
    return index <= onDisk.last() ? onDisk.at(index) : slots.get(inMemory(index));
  }
}
