package io.meridiandb.paxos.core;

import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.log.OldPart;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is remembered of the entries that only the disk holds: where they begin and end, their
 * stamps, and about how large they are. All of them are chosen, so nothing of it ever changes.
 */
final class OldEntries {
  /** How exactly sizes are known, in bytes. */
  static final long MARK_BYTES = 64 << 10;

  /** By the first entry that carries it. */
  private final TreeMap<Long, Ballot> stamps = new TreeMap<>();

  /** Bytes of all entries up to this one since counting began; so far apart as MARK_BYTES says. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  private long baseIndex;
  private Ballot baseBallot;
  private long baseEnd;
  private long lastIndex;
  private long lastEnd;

  /** None, in a log that begins after {@code index}. */
  OldEntries(long index, Ballot ballot) {
    baseIndex = index;
    lastIndex = index;
    baseBallot = ballot;
  }

  /** The last entry that the log has forgotten. */
  long baseIndex() {
    return baseIndex;
  }

  /** Its stamp. */
  Ballot baseBallot() {
    return baseBallot;
  }

  /** The last one that only the disk holds; the base if there is none. */
  long lastIndex() {
    return lastIndex;
  }

  /** Its stamp. */
  Ballot lastBallot() {
    return stamps.isEmpty() ? baseBallot : stamps.lastEntry().getValue();
  }

  /** Bytes of all entries up to the base. */
  long baseEnd() {
    return baseEnd;
  }

  /** Bytes of all entries up to {@code index}, or a little less; exact at both ends. */
  long end(long index) {
    if (index >= lastIndex) {
      return lastEnd;
    }
    Map.Entry<Long, Long> mark = ends.floorEntry(index);
    return mark == null ? baseEnd : mark.getValue();
  }

  /** A start has left these on the disk; they follow. */
  void add(OldPart.Piece piece) {
    add(piece.first(), piece.last(), piece.ballot(), lastEnd + piece.bytes());
  }

  /** The next entries are on the disk only from now on; all up to them are {@code end} bytes. */
  void add(long first, long last, Ballot ballot, long end) {
    if (stamps.isEmpty() || !stamps.lastEntry().getValue().equals(ballot)) {
      stamps.put(first, ballot);
    }
    long marked = ends.isEmpty() ? baseEnd : ends.lastEntry().getValue();
    if (end - marked >= MARK_BYTES) {
      ends.put(last, end);
    }
    lastIndex = last;
    lastEnd = end;
  }

  /** Entries up to {@code index}, which is one of these, are forgotten. */
  void cutPrefix(long index) {
    baseEnd = end(index);
    baseBallot = stamps.floorEntry(index).getValue();
    baseIndex = index;
    ends.headMap(index, true).clear();
    stamps.headMap(index, true).clear();
    if (index < lastIndex && !stamps.containsKey(index + 1)) {
      stamps.put(index + 1, baseBallot);
    }
  }

  /** None any more: the log begins after {@code index}; all up to there were {@code end} bytes. */
  void beginAfter(long index, Ballot ballot, long end) {
    stamps.clear();
    ends.clear();
    baseIndex = index;
    lastIndex = index;
    baseBallot = ballot;
    baseEnd = end;
    lastEnd = end;
  }
}
