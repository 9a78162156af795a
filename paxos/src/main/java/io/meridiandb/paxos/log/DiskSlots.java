package io.meridiandb.paxos.log;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.paxos.Ballot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where the entries stand that only the disk has: 12 bytes for each, as a log may hold very many of
 * them while a replica is away that needs them. Lives on the server strand.
 */
final class DiskSlots {
  private static final int CHUNK_ENTRIES = 1024;

  /** Of an entry: offset and bytes of its frame, bytes of its payload. */
  private static final int INTS = 3;

  private final List<int[]> chunks = new ArrayList<>();
  private final Runs<Long> segments = new Runs<>();
  private final Runs<Ballot> stamps = new Runs<>();

  /** The index of the first chunk's first entry. */
  private long chunksFrom;

  /** None up to here is in it. */
  private long base;

  private long last;

  /** None, in a log that begins after {@code index}. */
  DiskSlots(long index) {
    beginAfter(index);
  }

  /** The last one; the base if there is none. */
  long last() {
    return last;
  }

  /** The next one. */
  void append(EntryIndex.Slot slot) {
    Frame.Position position = Objects.requireNonNull(slot.position);
    Invariants.check(slot.index == last + 1, "entry %s behind %s", slot.index, last);
    int at = Math.toIntExact(slot.index - chunksFrom);
    if (at / CHUNK_ENTRIES == chunks.size()) {
      chunks.add(new int[CHUNK_ENTRIES * INTS]);
    }
    int[] chunk = chunks.get(at / CHUNK_ENTRIES);
    int within = at % CHUNK_ENTRIES * INTS;
    chunk[within] = position.offset();
    chunk[within + 1] = position.bytes();
    chunk[within + 2] = slot.payloadBytes;
    segments.add(slot.index, position.segment());
    stamps.add(slot.index, slot.ballot);
    last = slot.index;
  }

  /** The one at {@code index}, as it is now. */
  EntryIndex.Slot at(long index) {
    Invariants.check(index > base && index <= last, "entry %s of %s to %s", index, base + 1, last);
    int at = Math.toIntExact(index - chunksFrom);
    int[] chunk = chunks.get(at / CHUNK_ENTRIES);
    int within = at % CHUNK_ENTRIES * INTS;
    return new EntryIndex.Slot(
        index,
        stamps.at(index),
        chunk[within + 2],
        new Frame.Position(segments.at(index), chunk[within], chunk[within + 1]));
  }

  /** Those {@code from..to} get a new stamp. */
  void restamp(Ballot ballot, long from, long to) {
    stamps.set(from, to, ballot);
  }

  void cutSuffix(long lastKept) {
    last = Math.min(last, lastKept);
    int count = Math.toIntExact(last + 1 - chunksFrom);
    int needed = Math.ceilDiv(count, CHUNK_ENTRIES);
    chunks.subList(Math.min(needed, chunks.size()), chunks.size()).clear();
  }

  /** Entries up to {@code lastDropped}, which is one of these, go. */
  void cutPrefix(long lastDropped) {
    base = lastDropped;
    int gone = Math.toIntExact(lastDropped + 1 - chunksFrom) / CHUNK_ENTRIES;
    chunks.subList(0, Math.min(gone, chunks.size())).clear();
    chunksFrom += (long) gone * CHUNK_ENTRIES;
    segments.cutPrefix(lastDropped);
    stamps.cutPrefix(lastDropped);
  }

  /** None any more: the log goes on after {@code index}. */
  void beginAfter(long index) {
    chunks.clear();
    segments.clear();
    stamps.clear();
    chunksFrom = index + 1;
    base = index;
    last = index;
  }
}
