package io.meridiandb.sql.session;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.sql.exec.FakeDatabase;
import io.meridiandb.sql.exec.FakeTransaction;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.AnchorKeeper;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.ReadRequest;
import io.meridiandb.txn.gateway.RowCursor;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A gateway to a database in a map. Its clock moves one second with each look at it. */
final class FakeGateway implements Gateway {
  private static final long START_NANOS = 1_577_836_800_000_000_000L; // 2020-01-01

  final FakeDatabase database = new FakeDatabase();
  private final AtomicLong clock = new AtomicLong(START_NANOS);

  /** So many commits to come lose a race. */
  final AtomicInteger conflictsToCome = new AtomicInteger();

  /** The anchor of all transactions to come; null if they have none. */
  volatile @Nullable GroupId anchor;

  /** The anchor that the last Resolve named. */
  volatile @Nullable GroupId resolvedAt;

  /** All transactions that were begun, with how. */
  final List<TxnId> begun = new ArrayList<>();

  final List<TransactionOptions> options = new ArrayList<>();

  @Override
  public Transaction begin(TxnId id, TransactionOptions asked) {
    begun.add(id);
    options.add(asked);
    FakeTransaction inner = asked.readOnly() ? database.beginReadOnly() : database.begin();
    return new Watched(id, inner, asked.anchors());
  }

  @Override
  public Timestamp nowLatest() {
    return new Timestamp(clock.addAndGet(1_000_000_000L));
  }

  @Override
  public Outcome resolve(TxnId id, GroupId at) {
    resolvedAt = at;
    return id.sequence() == 1 ? new Outcome.Committed(new Timestamp(42)) : new Outcome.Aborted();
  }

  /** Tells the database of new schema versions, as the leader's participant does. */
  private final class Watched implements Transaction {
    private final TxnId id;
    private final FakeTransaction inner;
    private final AnchorKeeper client;

    Watched(TxnId id, FakeTransaction inner, AnchorKeeper client) {
      this.id = id;
      this.inner = inner;
      this.client = client;
    }

    @Override
    public @Nullable GroupId anchor() {
      return anchor;
    }

    @Override
    public TxnId id() {
      return id;
    }

    @Override
    public boolean readOnly() {
      return inner.readOnly();
    }

    @Override
    public RowCursor read(ReadRequest request) {
      return inner.read(request);
    }

    @Override
    public void write(List<Mutation> mutations, boolean checkNow, SchemaVersion schema) {
      inner.write(mutations, checkNow, schema);
    }

    @Override
    public void lockRange(KeyRange range) {
      inner.lockRange(range);
    }

    @Override
    public Timestamp commit(SchemaVersion schema) {
      if (!readOnly() && conflictsToCome.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new MeridianException(ErrorCode.DEADLOCK_WOUNDED, "wounded by an older transaction");
      }
      GroupId known = client.known();
      if (!readOnly() && anchor != null && known != null && !known.equals(anchor)) {
        client.tell(id, anchor);
      }
      Timestamp timestamp = inner.commit(schema);
      for (Object[] row : database.rows(SystemTables.SCHEMA_VERSION)) {
        database.schema(new SchemaVersion((Long) row[1]));
      }
      return timestamp;
    }

    @Override
    public void rollback() {
      inner.rollback();
    }
  }
}
