package io.meridiandb.txn.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.codec.TupleCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanEvaluator;
import io.meridiandb.row.scan.ScanProgramCodec;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.gateway.ReadPieces.Piece;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.StoredRow;
import io.meridiandb.txn.proto.Write.Action;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the rows of a read batch by batch. A read without locks asks for the next batch while the
 * last is worked on, and several groups at once. Where the transaction's own writes meet the
 * ranges, the leader sends the rows as stored and the program is evaluated here, over rows and
 * writes merged; otherwise it is evaluated where the rows are.
 *
 * <p>Whoever is asked for rows that have moved to another group says so: then the rest is cut anew
 * and asked for where the router now believes it to be.
 */
final class ReadCursor implements RowCursor {
  /** Asks a group for a piece. */
  interface Source {
    /** Asks and waits. */
    ReadReply ask(GroupId group, ReadCall.Builder call);

    /** Begins to ask, without waiting; not of reads with locks: those are taken as wanted. */
    LeaderCall<?, ReadReply> begin(GroupId group, ReadCall.Builder call);

    /** Waits for what was begun. */
    ReadReply finish(LeaderCall<?, ReadReply> begun);

    /** The timestamp of the whole read, chosen here and now; 0 if it has none (locks). */
    long fixTimestamp();

    /** A piece was asked for in vain: waits a moment before the next try. */
    void pause(int failures);
  }

  /** So many requests of one cursor are under way at once. */
  private static final int UNDER_WAY_MAX = 16;

  /** A piece, and its request if that is on its way. */
  private record Asked(Piece piece, @Nullable LeaderCall<?, ReadReply> call) {}

  private final ReadRequest request;
  private final Source source;
  private final Router router;
  private final ReadPieces left;
  private final Deque<Asked> asked = new ArrayDeque<>();
  private final NavigableMap<Key, WriteBuffer.Entry> own;
  private final ScanEvaluator.@Nullable Run merging;
  private final ByteString program;
  private final boolean severalAtOnce;
  private long limitLeft;
  private long readTimestampNanos;
  private int movedPieces;
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
    this.left = new ReadPieces(router, request.reverse(), request.ranges());
    this.limitLeft = request.program().limit();
    this.severalAtOnce = limitLeft == 0 || request.ranges().stream().allMatch(KeyRange::isPoint);
    this.merging = own.isEmpty() ? null : ScanEvaluator.of(request.program()).start();
    this.program =
        own.isEmpty()
            ? UnsafeByteOperations.unsafeWrap(ScanProgramCodec.toBytes(request.program()))
            : ByteString.EMPTY;
  }

  @Override
  public @Nullable List<@Nullable Object[]> next() {
    while (!done) {
      List<@Nullable Object[]> rows = fetch();
      if (!rows.isEmpty()) {
        return rows;
      }
    }
    return null;
  }

  @Override
  public void close() {
    done = true;
    cancelAhead();
  }

  private List<@Nullable Object[]> fetch() {
    Asked next = takeNext();
    if (next == null) {
      done = true;
      return List.of();
    }
    LeaderCall<?, ReadReply> begun = next.call;
    ReadReply reply =
        begun == null
            ? source.ask(next.piece.group(), call(next.piece.ranges()))
            : source.finish(begun);
    if (reply.getRefusal().getReason() == Reason.WRONG_DIRECTORY) {
      hasMoved(next, reply);
      return List.of();
    }
    if (reply.hasRefusal()) {
      done = true;
      throw Refusals.exception(reply.getRefusal());
    }
    movedPieces = 0;
    readTimestampNanos = reply.getReadTimestampNanos(); // 0 under locks
    List<KeyRange> covered = advance(next.piece, reply);
    ScanEvaluator.Run run = merging;
    if (run != null) {
      merge(run, covered, reply);
      return done ? run.finish() : run.take();
    }
    return limited(TupleCodec.decode(reply.getTuples().toByteArray()));
  }

  private List<@Nullable Object[]> limited(List<@Nullable Object[]> tuples) {
    if (request.program().limit() == 0) {
      return tuples;
    }
    List<@Nullable Object[]> rows =
        tuples.size() > limitLeft ? tuples.subList(0, (int) limitLeft) : tuples;
    limitLeft -= rows.size();
    done |= limitLeft <= 0;
    return rows;
  }

  /** The piece whose rows come next; others behind it are asked for ahead. */
  private @Nullable Asked takeNext() {
    if (asked.isEmpty()) {
      Piece first = left.take();
      if (first == null) {
        return null;
      }
      asked.add(new Asked(first, null));
    }
    askAhead();
    return asked.removeFirst();
  }

  /** Begins what may be under way at once; the first piece alone is asked for in the plain way. */
  private void askAhead() {
    if (!severalAtOnce || request.lock() != LockMode.NONE || left.isEmpty()) {
      return;
    }
    if (readTimestampNanos == 0) {
      readTimestampNanos = source.fixTimestamp();
    }
    Asked first = asked.removeFirst();
    asked.addFirst(first.call == null ? begin(first.piece) : first);
    while (asked.size() < UNDER_WAY_MAX && !left.isEmpty()) {
      Piece piece = left.take();
      if (piece != null) {
        asked.add(begin(piece));
      }
    }
  }

  private Asked begin(Piece piece) {
    return new Asked(piece, source.begin(piece.group(), call(piece.ranges())));
  }

  /** Takes in who owns the rows, and cuts all that is not answered anew. */
  private void hasMoved(Asked refused, ReadReply reply) {
    router.directories(reply.getRefusal().getDirectoriesList());
    for (Asked each : asked.reversed()) {
      left.putBack(each.piece.ranges());
    }
    cancelAhead();
    left.putBack(refused.piece.ranges());
    source.pause(movedPieces++);
  }

  private void cancelAhead() {
    for (Asked each : asked) {
      if (each.call != null) {
        each.call.cancel();
      }
    }
    asked.clear();
  }

  private ReadCall.Builder call(List<KeyRange> ranges) {
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
    for (KeyRange range : ranges) {
      call.addRanges(Protos.range(range));
    }
    return call;
  }

  /** Returns what the reply covers; what it does not comes next. */
  private List<KeyRange> advance(Piece piece, ReadReply reply) {
    if (!reply.getMore()) {
      done = asked.isEmpty() && left.isEmpty();
      return piece.ranges();
    }
    List<KeyRange> ranges = piece.ranges();
    int at = reply.getNextRange();
    List<KeyRange> covered = new ArrayList<>(ranges.subList(0, at));
    List<KeyRange> rest = new ArrayList<>();
    KeyRange range = ranges.get(at);
    if (reply.getRangeUntouched()) {
      rest.add(range);
    } else {
      Key next = Protos.key(reply.getNextKey());
      KeyRange below = new KeyRange(range.start(), next);
      KeyRange above = new KeyRange(next, range.end());
      covered.add(request.reverse() ? above : below);
      rest.add(request.reverse() ? below : above);
    }
    rest.addAll(ranges.subList(at + 1, ranges.size()));
    Piece following = new Piece(piece.group(), rest);
    boolean ahead = limitLeft == 0 && readTimestampNanos != 0;
    asked.addFirst(ahead ? begin(following) : new Asked(following, null));
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
