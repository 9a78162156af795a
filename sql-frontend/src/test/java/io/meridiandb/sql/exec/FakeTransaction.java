package io.meridiandb.sql.exec;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanEvaluator;
import io.meridiandb.row.scan.ScanProgramCodec;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.ConditionFailedException;
import io.meridiandb.txn.gateway.ReadRequest;
import io.meridiandb.txn.gateway.RowCursor;
import io.meridiandb.txn.gateway.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A transaction over a map, without locks: its writes are seen by its own reads, and by others at
 * commit.
 */
public final class FakeTransaction implements Transaction {
  private final FakeDatabase database;
  private final boolean readOnly;
  private final TreeMap<Key, byte[]> view;
  private final List<Mutation> pending = new ArrayList<>();

  /** All reads so far, for tests to look at. */
  public final List<ReadRequest> reads = new ArrayList<>();

  /** How many cursors are open. */
  public int openCursors;

  FakeTransaction(FakeDatabase database, boolean readOnly) {
    this.database = database;
    this.readOnly = readOnly;
    this.view = new TreeMap<>(database.rows);
  }

  @Override
  public TxnId id() {
    return new TxnId(1, 2, 3, 1);
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public RowCursor read(ReadRequest request) {
    database.check(request.schema());
    checkRanges(request);
    Invariants.check(!readOnly || request.lock() == LockMode.NONE, "a lock without writes");
    reads.add(request);
    // Through the codec, as a real request would go.
    byte[] program = ScanProgramCodec.toBytes(request.program());
    ScanEvaluator.Run run = ScanEvaluator.of(ScanProgramCodec.fromBytes(program)).start();
    for (KeyRange range : request.ranges()) {
      feed(range, request.reverse(), run);
    }
    return new ListCursor(run.finish());
  }

  private void checkRanges(ReadRequest request) {
    List<KeyRange> ordered = request.reverse() ? request.ranges().reversed() : request.ranges();
    for (int i = 1; i < ordered.size(); i++) {
      Key end = ordered.get(i - 1).end();
      Invariants.check(
          end != null && end.compareTo(ordered.get(i).start()) <= 0, "ranges are not in order");
    }
  }

  private void feed(KeyRange range, boolean reverse, ScanEvaluator.Run run) {
    NavigableMap<Key, byte[]> rows =
        range.end() == null
            ? view.tailMap(range.start(), true)
            : view.subMap(range.start(), true, range.end(), false);
    for (Map.Entry<Key, byte[]> row : (reverse ? rows.descendingMap() : rows).entrySet()) {
      if (!run.accept(row.getKey(), row.getValue())) {
        return;
      }
    }
  }

  private final class ListCursor implements RowCursor {
    private final List<Object[]> tuples;
    private int position;
    private boolean closed;

    ListCursor(List<Object[]> tuples) {
      this.tuples = tuples;
      openCursors++;
    }

    @Override
    public List<Object[]> next() {
      Invariants.check(!closed, "the cursor is closed");
      if (position == tuples.size()) {
        return null;
      }
      int end = Math.min(tuples.size(), position + database.batchRows);
      List<Object[]> batch = new ArrayList<>(tuples.subList(position, end));
      position = end;
      return batch;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openCursors--;
      }
    }
  }

  @Override
  public void write(List<Mutation> mutations, boolean checkNow, SchemaVersion schema) {
    database.check(schema);
    for (Mutation mutation : mutations) {
      if (checkNow) {
        checkCondition(mutation, view);
      }
      apply(mutation, view);
    }
    pending.addAll(mutations);
  }

  private static void checkCondition(Mutation mutation, Map<Key, byte[]> rows) {
    boolean exists = rows.containsKey(mutation.key());
    boolean broken =
        switch (mutation.kind()) {
          case INSERT, FORBID -> exists;
          case REQUIRE -> !exists;
          case PUT, DELETE -> false;
        };
    if (broken) {
      throw new ConditionFailedException(mutation.kind(), mutation.key());
    }
  }

  private static void apply(Mutation mutation, Map<Key, byte[]> rows) {
    switch (mutation.kind()) {
      case INSERT, PUT -> rows.put(mutation.key(), mutation.value());
      case DELETE -> rows.remove(mutation.key());
      case REQUIRE, FORBID -> {}
    }
  }

  @Override
  public void lockRange(KeyRange range) {
    // there is nobody else
  }

  @Override
  public Timestamp commit(SchemaVersion schema) {
    database.check(schema);
    TreeMap<Key, byte[]> result = new TreeMap<>(database.rows);
    for (Mutation mutation : pending) {
      checkCondition(mutation, result);
      apply(mutation, result);
    }
    database.rows.clear();
    database.rows.putAll(result);
    pending.clear();
    return database.nextCommit();
  }

  @Override
  public void rollback() {
    pending.clear();
  }
}
