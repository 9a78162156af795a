package io.meridiandb.paxos.log;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Records as bytes, big-endian: code (1), then the fields in the order of the record's components.
 * A group and an index take 8 bytes each; a ballot 24 (round, server, incarnation); an entry is
 * index (8), ballot (24), kind (1), timestamp (8), length of the payload (4), payload; bytes come
 * after their length (4). The codes stand in files: never renumber, only append.
 */
final class RecordCodec {
  private static final byte APPEND = 1;
  private static final byte RESTAMP = 2;
  private static final byte CUT_SUFFIX = 3;
  private static final byte CUT_PREFIX = 4;
  private static final byte PROMISE = 5;
  private static final byte COMMIT = 6;
  private static final byte LEASE_BOUND = 7;
  private static final byte TIME_MARK = 8;
  private static final byte MEMBERS = 9;
  private static final byte VOTE_FLOOR = 10;
  private static final byte CLOSED = 11;

  private static final int BALLOT_BYTES = 24;
  private static final int ENTRY_HEAD_BYTES = 8 + BALLOT_BYTES + 1 + 8 + 4;

  private RecordCodec() {}

  static int bytesOf(List<LogRecord> records) {
    long sum = 0;
    for (LogRecord entry : records) {
      sum += bytesOf(entry);
    }
    return Math.toIntExact(sum);
  }

  private static int bytesOf(LogRecord record) {
    return 1
        + switch (record) {
          case LogRecord.Append append -> 8 + ENTRY_HEAD_BYTES + append.entry().payload().size();
          case LogRecord.Restamp _ -> 8 + BALLOT_BYTES + 16;
          case LogRecord.CutSuffix _, LogRecord.Commit _ -> 16;
          case LogRecord.CutPrefix _ -> 16 + BALLOT_BYTES;
          case LogRecord.Promise _ -> 8 + BALLOT_BYTES;
          case LogRecord.LeaseBound _, LogRecord.TimeMark _, LogRecord.Closed _ -> 8;
          case LogRecord.Members members -> 8 + 8 + 4 + members.configuration().size();
          case LogRecord.VoteFloor _ -> 8 + BALLOT_BYTES + 8;
        };
  }

  static void encode(List<LogRecord> records, ByteBuffer out) {
    for (LogRecord entry : records) {
      encode(entry, out);
    }
  }

  private static void encode(LogRecord record, ByteBuffer out) {
    switch (record) {
      case LogRecord.Append(GroupId group, LogEntry entry) -> {
        put(out, APPEND, group).putLong(entry.index());
        put(out, entry.ballot()).put((byte) entry.kind().number());
        out.putLong(entry.timestamp().nanos()).putInt(entry.payload().size());
        entry.payload().asReadOnlyByteBufferList().forEach(out::put);
      }
      case LogRecord.Restamp(GroupId group, Ballot ballot, long from, long to) ->
          put(put(out, RESTAMP, group), ballot).putLong(from).putLong(to);
      case LogRecord.CutSuffix(GroupId group, long lastKept) ->
          put(out, CUT_SUFFIX, group).putLong(lastKept);
      case LogRecord.CutPrefix(GroupId group, long lastDropped, Ballot ballot) ->
          put(put(out, CUT_PREFIX, group).putLong(lastDropped), ballot);
      case LogRecord.Promise(GroupId group, Ballot ballot) -> put(put(out, PROMISE, group), ballot);
      case LogRecord.Commit(GroupId group, long index) -> put(out, COMMIT, group).putLong(index);
      case LogRecord.LeaseBound(Duration bound) -> out.put(LEASE_BOUND).putLong(bound.toNanos());
      case LogRecord.TimeMark(Timestamp mark) -> out.put(TIME_MARK).putLong(mark.nanos());
      case LogRecord.Members(GroupId group, long index, ByteString configuration) -> {
        put(out, MEMBERS, group).putLong(index).putInt(configuration.size());
        configuration.asReadOnlyByteBufferList().forEach(out::put);
      }
      case LogRecord.VoteFloor(GroupId group, Ballot ballot, long index) ->
          put(put(out, VOTE_FLOOR, group), ballot).putLong(index);
      case LogRecord.Closed(GroupId group) -> put(out, CLOSED, group);
    }
  }

  /** Reads records up to the end of {@code in}, whose checksum was found right. */
  static List<LogRecord> decode(ByteBuffer in) {
    List<LogRecord> records = new ArrayList<>();
    while (in.hasRemaining()) {
      records.add(decodeOne(in));
    }
    return records;
  }

  private static LogRecord decodeOne(ByteBuffer in) {
    byte code = in.get();
    return switch (code) {
      case APPEND -> new LogRecord.Append(group(in), entry(in));
      case RESTAMP -> new LogRecord.Restamp(group(in), ballot(in), in.getLong(), in.getLong());
      case CUT_SUFFIX -> new LogRecord.CutSuffix(group(in), in.getLong());
      case CUT_PREFIX -> new LogRecord.CutPrefix(group(in), in.getLong(), ballot(in));
      case PROMISE -> new LogRecord.Promise(group(in), ballot(in));
      case COMMIT -> new LogRecord.Commit(group(in), in.getLong());
      case LEASE_BOUND -> new LogRecord.LeaseBound(Duration.ofNanos(in.getLong()));
      case TIME_MARK -> new LogRecord.TimeMark(new Timestamp(in.getLong()));
      case MEMBERS -> new LogRecord.Members(group(in), in.getLong(), bytes(in, in.getInt()));
      case VOTE_FLOOR -> new LogRecord.VoteFloor(group(in), ballot(in), in.getLong());
      case CLOSED -> new LogRecord.Closed(group(in));
      default ->
          throw new LogDamagedException(
              "the log has a record of kind %d, which this version of Meridian does not know; start the version that wrote it"
                  .formatted(code));
    };
  }

  private static LogEntry entry(ByteBuffer in) {
    long index = in.getLong();
    Ballot ballot = ballot(in);
    EntryKind kind = EntryKind.of(in.get());
    Timestamp timestamp = new Timestamp(in.getLong());
    return new LogEntry(index, ballot, kind, timestamp, bytes(in, in.getInt()));
  }

  private static ByteString bytes(ByteBuffer in, int length) {
    ByteString bytes = ByteString.copyFrom(in.slice(in.position(), length));
    in.position(in.position() + length);
    return bytes;
  }

  private static ByteBuffer put(ByteBuffer out, byte code, GroupId group) {
    return out.put(code).putLong(group.value());
  }

  private static ByteBuffer put(ByteBuffer out, Ballot ballot) {
    return out.putLong(ballot.round())
        .putLong(ballot.server().value())
        .putLong(ballot.incarnation());
  }

  private static GroupId group(ByteBuffer in) {
    return new GroupId(in.getLong());
  }

  private static Ballot ballot(ByteBuffer in) {
    return new Ballot(in.getLong(), new ServerId(in.getLong()), in.getLong());
  }
}
