package io.meridiandb.paxos.log;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads entries back from the segments; on the log's strand. */
final class EntryReader {
  /** Stands in a list where an entry from the disk will be. */
  static final LogEntry PLACE_HOLDER =
      new LogEntry(0, Ballot.ZERO, EntryKind.COMMAND, Timestamp.ZERO, ByteString.EMPTY);

  /** An entry to read: its place in the result, and where it stands as the call was made. */
  record Wanted(int place, long index, Ballot ballot, Frame.Position position) {
    Wanted(int place, EntryIndex.Slot slot) {
      this(place, slot.index, slot.ballot, java.util.Objects.requireNonNull(slot.position));
    }
  }

  private final Collection<Segment> segments;
  private Frame.@Nullable Position at;
  private List<LogRecord> records = List.of();

  EntryReader(Collection<Segment> segments) {
    this.segments = segments;
  }

  /** Puts the wanted entries into their places; false if one of them has gone meanwhile. */
  boolean fill(GroupId group, List<Wanted> wanted, List<LogEntry> result) throws IOException {
    for (Wanted each : wanted) {
      if (!each.position().equals(at) && !load(each.position())) {
        return false;
      }
      result.set(each.place(), find(group, each).stamped(each.ballot()));
    }
    return true;
  }

  private boolean load(Frame.Position position) throws IOException {
    for (Segment segment : segments) {
      if (segment.id == position.segment()) {
        ByteBuffer bytes = ByteBuffer.allocate(position.bytes());
        while (bytes.hasRemaining()
            && segment.file.read(position.offset() + bytes.position(), bytes) > 0) {}
        Frame frame = Frame.read(bytes.flip(), segment.id, position.offset());
        if (frame == null) {
          throw new LogDamagedException(
              "the record at offset %d of log segment %s is damaged; replace this server with a new one"
                  .formatted(position.offset(), segment.file.path()));
        }
        records = RecordCodec.decode(frame.body());
        at = position;
        return true;
      }
    }
    return false;
  }

  private LogEntry find(GroupId group, Wanted wanted) {
    LogEntry found = null;
    for (LogRecord each : records) {
      if (each instanceof LogRecord.Append append
          && append.group().equals(group)
          && append.entry().index() == wanted.index()) {
        found = append.entry();
      }
    }
    if (found == null) {
      throw new LogDamagedException(
          "entry %d of %s is not where the log's index says".formatted(wanted.index(), group));
    }
    return found;
  }
}
