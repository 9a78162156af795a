package io.meridiandb.sql.exec;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.txn.gateway.SchemaChangedException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A database in one map: what fake transactions read and write. One transaction at a time. */
public final class FakeDatabase {
  final TreeMap<Key, byte[]> rows = new TreeMap<>();

  /** Batches of cursors are this small, so that operators meet several of them. */
  int batchRows = 3;

  private SchemaVersion schema = SchemaVersion.INITIAL;
  private long commits;

  /** A read-write transaction. */
  public FakeTransaction begin() {
    return new FakeTransaction(this, false);
  }

  /** A read-only transaction. */
  public FakeTransaction beginReadOnly() {
    return new FakeTransaction(this, true);
  }

  /** Puts rows in without a transaction. */
  public FakeDatabase with(TableDescriptor table, Object[]... added) {
    RowCodec codec = RowCodec.of(table);
    for (Object[] row : added) {
      rows.put(codec.keys().encode(row), codec.encode(row));
    }
    return this;
  }

  /** The value under a key, null for none. */
  public byte[] value(Key key) {
    return rows.get(key);
  }

  /** The rows of a table, in key order. */
  public List<Object[]> rows(TableDescriptor table) {
    RowCodec codec = RowCodec.of(table);
    List<Object[]> found = new ArrayList<>();
    rows.forEach((key, value) -> {
      Object[] row = codec.decode(key, value);
      if (row != null) {
        found.add(row);
      }
    });
    return found;
  }

  /** From now on requests planned with an older schema are refused. */
  public void schema(SchemaVersion version) {
    schema = version;
  }

  void check(SchemaVersion version) {
    if (!version.equals(SchemaVersion.EXEMPT) && version.compareTo(schema) < 0) {
      throw new SchemaChangedException(schema);
    }
  }

  Timestamp nextCommit() {
    return new Timestamp(++commits * Timestamp.STEP_NANOS);
  }
}
