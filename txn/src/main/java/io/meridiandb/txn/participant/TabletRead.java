package io.meridiandb.txn.participant;

import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.TupleCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanEvaluator;
import io.meridiandb.row.scan.ScanEvaluatorCache;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.participant.VersionStore.Version;
import io.meridiandb.txn.proto.Range;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.StoredRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates one bounded piece of a read where the rows are: stops after so many rows, bytes or
 * versions looked at, and says where to go on. No state stays behind: the reply has it all.
 */
final class TabletRead implements VersionStore.Visitor {
  private final ReadReply.Builder reply;
  private final ScanEvaluator.@Nullable Run program;
  private final int rowsMax;
  private Timestamp newest = Timestamp.MIN;
  private int examined;
  private int bytes;
  private int rows;
  private boolean done;
  private @Nullable Key stoppedAt;

  private TabletRead(ScanEvaluatorCache programs, ReadCall call, ReadReply.Builder reply) {
    this.reply = reply;
    this.program =
        call.getProgram().isEmpty() ? null : programs.get(call.getProgram()).start(call.getLimit());
    this.rowsMax = Math.max(1, call.getRowsMax());
  }

  /**
   * Reads.
   *
   * @param reply gets the rows and where to go on
   * @return the newest timestamp of all that was seen: nobody may hear of it before it has passed
   * @throws io.meridiandb.wire.MeridianException if a row cannot be read or an expression fails
   */
  static Timestamp run(
      VersionStore store,
      ScanEvaluatorCache programs,
      ReadCall call,
      Timestamp at,
      ReadReply.Builder reply) {
    TabletRead read = new TabletRead(programs, call, reply);
    List<KeyRange> ranges = ranges(call);
    for (int i = 0; i < ranges.size() && !read.done; i++) {
      if (read.full()) {
        reply.setMore(true).setNextRange(i).setRangeUntouched(true);
        break;
      }
      store.scan(ranges.get(i), call.getReverse(), at, read);
      Key stopped = read.stoppedAt;
      if (stopped != null && !read.done) {
        Key next = call.getReverse() ? stopped : stopped.successor();
        reply.setMore(true).setNextRange(i).setNextKey(Protos.bytes(next));
        break;
      }
    }
    if (read.program != null) {
      reply.setTuples(UnsafeByteOperations.unsafeWrap(TupleCodec.encode(read.program.finish())));
    }
    return read.newest;
  }

  /** The ranges of a request. */
  static List<KeyRange> ranges(ReadCall call) {
    List<KeyRange> ranges = new ArrayList<>(call.getRangesCount());
    for (Range range : call.getRangesList()) {
      ranges.add(Protos.range(range));
    }
    return ranges;
  }

  @Override
  public boolean visit(Key key, Version version) {
    examined++;
    newest = Timestamp.max(newest, version.timestamp());
    byte[] value = version.value();
    if (value != null) {
      take(key, value);
    }
    if (done || full()) {
      stoppedAt = key;
      return false;
    }
    return true;
  }

  private void take(Key key, byte[] value) {
    if (program == null) {
      rows++;
      bytes += key.length() + value.length;
      reply.addRows(
          StoredRow.newBuilder()
              .setKey(Protos.bytes(key))
              .setValue(UnsafeByteOperations.unsafeWrap(value)));
      return;
    }
    int before = program.pending();
    done = !program.accept(key, value);
    rows = program.pending();
    bytes += rows > before ? key.length() + value.length : 0;
  }

  private boolean full() {
    return rows >= rowsMax
        || bytes >= TxnLimits.READ_REPLY_BYTES_MAX
        || examined >= TxnLimits.READ_EXAMINED_MAX;
  }
}
