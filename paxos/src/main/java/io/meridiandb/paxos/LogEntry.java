package io.meridiandb.paxos;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.time.Timestamp;

/**
 * One entry of a group's replicated log.
 *
 * @param index its place, from 1, without holes
 * @param ballot the stamp: under which ballot this replica holds it. It never falls from one index
 *     to the next, and a new leader stamps what is not known to be chosen anew (protocol C1, G5)
 * @param kind what it is for
 * @param timestamp assigned by the leader when it was first appended; strictly rising from command
 *     to command; {@code LEADER_START} carries the leader's floor instead
 * @param payload the command; paxos does not look inside
 */
public record LogEntry(
    long index, Ballot ballot, EntryKind kind, Timestamp timestamp, ByteString payload) {
  /** Largest payload, in bytes; larger commands travel as several entries. */
  public static final int PAYLOAD_BYTES_MAX = 8 << 20;

  /** Bytes that an entry costs besides its payload, for flow control and memory accounts. */
  public static final int OVERHEAD_BYTES = 64;

  /** The same entry under a new stamp; the content never changes. */
  public LogEntry stamped(Ballot newBallot) {
    return new LogEntry(index, newBallot, kind, timestamp, payload);
  }

  /** Whether {@code other} says the same at the same place, whatever its stamp. */
  public boolean sameContent(LogEntry other) {
    return index == other.index
        && kind == other.kind
        && timestamp.equals(other.timestamp)
        && payload.equals(other.payload);
  }

  /** Its cost for flow control, in bytes. */
  public int bytes() {
    return payload.size() + OVERHEAD_BYTES;
  }

  @Override
  public String toString() {
    return index + "@" + ballot + " " + kind + " " + payload.size() + "B";
  }
}
