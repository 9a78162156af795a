package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of one message as one piece of bytes: they are most of what servers say to each
 * other, and a message of its own for each costs the receiver more than all else that it does with
 * the entry. Layout for each, big-endian: kind (1 byte, negative if a ballot follows), ballot (24,
 * if it is not the message's), timestamp (8), length of the payload (4), payload. Their indexes
 * follow one another.
 */
final class EntryBlock {
  private static final int HEAD_BYTES = 1 + 8 + 4;
  private static final int BALLOT_BYTES = 3 * 8;

  private EntryBlock() {}

  /**
   * As bytes.
   *
   * @param first the index of the first entry
   * @param usual the ballot of most of them
   */
  static ByteString encode(List<LogEntry> entries, long first, Ballot usual) {
    int bytes = 0;
    for (LogEntry entry : entries) {
      int ballot = entry.ballot().equals(usual) ? 0 : BALLOT_BYTES;
      bytes += HEAD_BYTES + ballot + entry.payload().size();
    }
    byte[] block = new byte[bytes];
    ByteBuffer out = ByteBuffer.wrap(block);
    long index = first;
    for (LogEntry entry : entries) {
      Invariants.check(entry.index() == index++, "%s after %d", entry, index - 2);
      boolean same = entry.ballot().equals(usual);
      out.put((byte) (same ? entry.kind().number() : -entry.kind().number()));
      if (!same) {
        Ballot ballot = entry.ballot();
        out.putLong(ballot.round()).putLong(ballot.server().value()).putLong(ballot.incarnation());
      }
      out.putLong(entry.timestamp().nanos()).putInt(entry.payload().size());
      entry.payload().copyTo(block, out.position());
      out.position(out.position() + entry.payload().size());
    }
    return UnsafeByteOperations.unsafeWrap(block);
  }

  /**
   * Back from bytes; each payload is a copy, so that an entry that is kept keeps no other.
   *
   * @throws IllegalArgumentException if these are not {@code count} entries
   */
  static List<LogEntry> decode(ByteString block, int count, long first, Ballot usual) {
    ByteBuffer in = block.asReadOnlyByteBuffer();
    if (count < 0 || count > in.remaining() / HEAD_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes are not %d entries".formatted(block.size(), count));
    }
    List<LogEntry> entries = new ArrayList<>(count);
    try {
      for (int i = 0; i < count; i++) {
        entries.add(decode(in, first + i, usual));
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("an entry ends early", e);
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException("%d bytes behind the entries".formatted(in.remaining()));
    }
    return entries;
  }

  private static LogEntry decode(ByteBuffer in, long index, Ballot usual) {
    byte kind = in.get();
    Ballot ballot =
        kind < 0 ? new Ballot(in.getLong(), new ServerId(in.getLong()), in.getLong()) : usual;
    Timestamp timestamp = new Timestamp(in.getLong());
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException(
          "%d bytes are left for a payload of %d".formatted(in.remaining(), length));
    }
    ByteString payload = ByteString.copyFrom(in, length);
    return new LogEntry(index, ballot, EntryKind.of(Math.abs(kind)), timestamp, payload);
  }
}
