package io.meridiandb.placement;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.metadata.Rows;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table of numbered cells with a number in each. */
final class Cells {
  static final TableDescriptor TABLE =
      new TableDescriptor(
          1_000,
          "cells",
          List.of(
              new ColumnDescriptor(1, "id", SqlType.BIGINT, false, null),
              new ColumnDescriptor(2, "value", SqlType.BIGINT, false, null)),
          List.of(new KeyPart(0, false)),
          null,
          false);
  static final KeyRange ALL = KeyRange.prefix(RowCodec.of(TABLE).keys().prefix(List.of()));
  private static final RowCodec CODEC = RowCodec.of(TABLE);
  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static long sessions;

  private Cells() {}

  static Key key(long id) {
    return CODEC.keys().prefix(List.of(id));
  }

  static KeyRange range(long from, long to) {
    return new KeyRange(key(from), key(to));
  }

  static Transaction begin(Gateway gateway) {
    return gateway.begin(new TxnId(77, ++sessions, 1, 1), TransactionOptions.readWrite(0, WITHIN));
  }

  static void put(Transaction transaction, long id, long value) {
    @Nullable Object[] row = {id, value};
    transaction.write(
        List.of(Mutation.put(CODEC.keys().encode(row), CODEC.encode(row))),
        false,
        SchemaVersion.EXEMPT);
  }

  /** Writes cells; again if they have moved meanwhile. */
  static Timestamp fill(Gateway gateway, long from, long to, long value) {
    for (int attempt = 1; ; attempt++) {
      Transaction transaction = begin(gateway);
      try {
        for (long id = from; id < to; id++) {
          put(transaction, id, value);
        }
        return transaction.commit(SchemaVersion.EXEMPT);
      } catch (MeridianException e) {
        transaction.rollback();
        if (!e.code().retryable() || attempt == 5) {
          throw e;
        }
      }
    }
  }

  static Map<Long, Long> read(Transaction transaction, KeyRange range, LockMode lock) {
    Map<Long, Long> cells = new TreeMap<>();
    for (@Nullable Object[] row : Rows.read(transaction, TABLE, range, lock)) {
      if (row[0] instanceof Long id && row[1] instanceof Long value) {
        cells.put(id, value);
      }
    }
    return cells;
  }

  /** All cells as of now, or of a moment. */
  static Map<Long, Long> read(Gateway gateway, @Nullable Timestamp at) {
    return read(
        gateway.begin(
            new TxnId(77, ++sessions, 1, 1), new TransactionOptions(true, at, null, 0, WITHIN)),
        ALL,
        LockMode.NONE);
  }
}
