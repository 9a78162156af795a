package io.meridiandb.paxos.log;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * What a start remembers of the entries of one group that it has left on the disk: chosen ones,
 * older than those in memory.
 *
 * @param pieces all of them, in order, without holes
 * @param highest no timestamp among them is above it
 * @param configurations those that say who belongs to the group
 */
public record OldPart(List<Piece> pieces, Timestamp highest, List<LogEntry> configurations) {
  /** Nothing is on the disk only. */
  public static final OldPart NONE = new OldPart(List.of(), Timestamp.MIN, List.of());

  /** More than this is more than one piece, in bytes. */
  static final long PIECE_BYTES = 64 << 10;

  /**
   * Neighbours with one stamp.
   *
   * @param first index of the first one
   * @param last index of the last one
   * @param ballot their stamp
   * @param bytes what they cost in memory, together
   */
  public record Piece(long first, long last, Ballot ballot, long bytes) {}

  /** The last one; {@code baseIndex} if there is none. */
  public long last(long baseIndex) {
    return pieces.isEmpty() ? baseIndex : pieces.getLast().last();
  }

  /** Joins entries to pieces. */
  static final class Builder {
    private final List<Piece> pieces = new ArrayList<>();
    private final Timestamp highest;
    private final List<LogEntry> configurations;

    Builder(Timestamp highest, List<LogEntry> configurations) {
      this.highest = highest;
      this.configurations = List.copyOf(configurations);
    }

    /** The next one. */
    void add(long index, Ballot ballot, long bytes) {
      Piece before = pieces.isEmpty() ? null : pieces.getLast();
      if (before != null && before.ballot.equals(ballot) && before.bytes + bytes <= PIECE_BYTES) {
        pieces.set(pieces.size() - 1, new Piece(before.first, index, ballot, before.bytes + bytes));
      } else {
        pieces.add(new Piece(index, index, ballot, bytes));
      }
    }

    OldPart build() {
      return pieces.isEmpty() ? NONE : new OldPart(pieces, highest, configurations);
    }
  }
}
