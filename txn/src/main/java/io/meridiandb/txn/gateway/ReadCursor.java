package io.meridiandb.txn.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.codec.TupleCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanEvaluator;
import io.meridiandb.row.scan.ScanProgramCodec;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.StoredRow;
import io.meridiandb.txn.proto.Write.Action;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the rows of a read batch by batch; at most two batches are in memory: a read without
 * locks asks for the next while the last is worked on. Where the transaction's own writes meet the
 * ranges, the leader sends the rows as stored and the program is evaluated here, over rows and
 * writes merged; otherwise it is evaluated at the leader.
 */
final class ReadCursor implements RowCursor {
  /** Asks the leader of a group for a piece. */
  interface Source {
    ReadReply ask(GroupId group, ReadCall.Builder call);

    /** Begins to ask, once, without waiting; null where that would not do. */
    @Nullable CompletableFuture<ReadReply> begin(GroupId group, ReadCall call);

    /** Waits for what was begun; null if there is no answer that could be used. */
    @Nullable ReadReply finish(CompletableFuture<ReadReply> begun);
  }

  private final ReadRequest request;
  private final Source source;
  private final Router router;
  private final NavigableMap<Key, WriteBuffer.Entry> own;
  private final ScanEvaluator.@Nullable Run merging;
  private final ByteString program;
  private List<KeyRange> left;
  private long limitLeft;
  private long readTimestampNanos;
  private @Nullable CompletableFuture<ReadReply> ahead;
  private boolean done;

  /**
   * A cursor before the first row.
   *
   * @param own the transaction's own writes within the ranges, as of now
   */
  ReadCursor(
      ReadRequest request, Source source, Router router, NavigableMap<Key, WriteBuffer.Entry> own) {
    this.request = request;
    this.source = source;
    this.router = router;
    this.own = own;
    this.left = request.ranges();
    this.limitLeft = request.program().limit();
    this.merging = own.isEmpty() ? null : ScanEvaluator.of(request.program()).start();
    this.program =
        own.isEmpty()
            ? UnsafeByteOperations.unsafeWrap(ScanProgramCodec.toBytes(request.program()))
            : ByteString.EMPTY;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    while (!done) {
      List<@Nullable Object[]> batch = fetch();
      if (!batch.isEmpty()) {
        return batch;
      }
    }
    return null;
  }

  @Override
  public void close() {
    done = true;
  }

  private List<@Nullable Object[]> fetch() {
    if (left.isEmpty()) {
      done = true;
      return List.of();
    }
    GroupId group = groupOf(left.getFirst());
    List<KeyRange> asked = asked();
    ReadReply reply = reply(group, asked);
    if (reply.hasRefusal()) {
      done = true;
      throw Refusals.exception(reply.getRefusal());
    }
    readTimestampNanos = reply.getReadTimestampNanos(); // 0 under locks
    List<KeyRange> covered = advance(asked, reply);
    if (!done && reply.getMore() && limitLeft == 0 && readTimestampNanos != 0) {
      ahead = source.begin(group, call(group, asked()).build());
    }
    ScanEvaluator.Run run = merging;
    if (run != null) {
      merge(run, covered, reply);
      return done ? run.finish() : run.take();
    }
    List<@Nullable Object[]> tuples = TupleCodec.decode(reply.getTuples().toByteArray());
    if (request.program().limit() > 0) {
      limitLeft -= tuples.size();
      done |= limitLeft <= 0;
    }
    return tuples;
  }

  private List<KeyRange> asked() {
    return left.subList(0, Math.min(left.size(), TxnLimits.READ_RANGES_MAX));
  }

  private ReadReply reply(GroupId group, List<KeyRange> asked) {
    CompletableFuture<ReadReply> begun = ahead;
    ahead = null;
    ReadReply reply = begun == null ? null : source.finish(begun);
    return reply != null ? reply : source.ask(group, call(group, asked));
  }

  private ReadCall.Builder call(GroupId group, List<KeyRange> asked) {
    ReadCall.Builder call =
        ReadCall.newBuilder()
            .setLock(request.lock().ordinal())
            .setReverse(request.reverse())
            .setSchemaVersion(request.schema().value())
            .setRowsMax(BATCH_ROWS_MAX)
            .setProgram(program)
            .setLimit(limitLeft);
    if (readTimestampNanos != 0) {
      call.setReadTimestampNanos(readTimestampNanos);
    }
    for (KeyRange range : asked) {
      if (!group.equals(groupOf(range))) {
        throw severalGroups();
      }
      call.addRanges(Protos.range(range));
    }
    return call;
  }

  private GroupId groupOf(KeyRange range) {
    GroupId group = router.locate(range);
    if (group == null) {
      throw severalGroups();
    }
    return group;
  }

  private static MeridianException severalGroups() {
    return new MeridianException(
        ErrorCode.FEATURE_NOT_SUPPORTED, "one read over several Paxos groups is not supported yet");
  }

  /** Takes what the reply covers off what is left, and returns it. */
  private List<KeyRange> advance(List<KeyRange> asked, ReadReply reply) {
    List<KeyRange> rest = left.subList(asked.size(), left.size());
    if (!reply.getMore()) {
      left = rest;
      done = left.isEmpty();
      return asked;
    }
    int at = reply.getNextRange();
    List<KeyRange> covered = new ArrayList<>(asked.subList(0, at));
    List<KeyRange> newLeft = new ArrayList<>();
    KeyRange range = asked.get(at);
    if (reply.getRangeUntouched()) {
      newLeft.add(range);
    } else {
      Key next = Protos.key(reply.getNextKey());
      KeyRange below = new KeyRange(range.start(), next);
      KeyRange above = new KeyRange(next, range.end());
      covered.add(request.reverse() ? above : below);
      newLeft.add(request.reverse() ? below : above);
    }
    newLeft.addAll(asked.subList(at + 1, asked.size()));
    newLeft.addAll(rest);
    left = newLeft;
    return covered;
  }

  private void merge(ScanEvaluator.Run run, List<KeyRange> covered, ReadReply reply) {
    NavigableMap<Key, byte[]> stored = new TreeMap<>();
    for (StoredRow row : reply.getRowsList()) {
      stored.put(Protos.key(row.getKey()), row.getValue().toByteArray());
    }
    for (KeyRange range : covered) {
      NavigableMap<Key, byte[]> rows = new TreeMap<>(within(stored, range));
      for (Map.Entry<Key, WriteBuffer.Entry> each : within(own, range).entrySet()) {
        byte[] value = each.getValue().value();
        if (each.getValue().action() == Action.PUT && value != null) {
          rows.put(each.getKey(), value);
        } else {
          rows.remove(each.getKey());
        }
      }
      for (Map.Entry<Key, byte[]> row :
          (request.reverse() ? rows.descendingMap() : rows).entrySet()) {
        if (!run.accept(row.getKey(), row.getValue())) {
          done = true;
          return;
        }
      }
    }
  }

  private static <V> NavigableMap<Key, V> within(NavigableMap<Key, V> map, KeyRange range) {
    Key end = range.end();
    if (range.isEmpty()) {
      return new TreeMap<>();
    }
    return end == null
        ? map.tailMap(range.start(), true)
        : map.subMap(range.start(), true, end, false);
  }
}
