package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads at one timestamp, over however many groups, without locks, and never has to be run again
 * (Spanner OSDI'12 4.2.2, protocol C4).
 *
 * <ul>
 *   <li>Strong: the leader that is read first chooses the timestamp; or, if a replica or several
 *       groups are read first, it is TT.now().latest here. Either way nothing acknowledged before
 *       lies above it.
 *   <li>Of the past: given, so that the nearest replica answers by itself.
 *   <li>Bounded staleness: what the nearest replica surely has ({@link #FRESH}); if it says that it
 *       does not, the oldest that is allowed.
 * </ul>
 */
final class ReadOnlyTransaction implements Transaction {
  /**
   * A replica that can be reached has everything that is older: closed timestamps arrive in it, as
   * long as somebody writes or reads there; where nothing has happened for long, in a second.
   */
  static final Duration FRESH = Duration.ofMillis(500);

  private final GatewayContext context;
  private final GroupCaller caller;
  private final TransactionBase base;
  private final TimestampBound bound;
  private @Nullable Timestamp readTimestamp;

  ReadOnlyTransaction(
      GatewayContext context, GroupCaller caller, TransactionBase base, TimestampBound bound) {
    this.context = context;
    this.caller = caller;
    this.base = base;
    this.bound = bound;
    this.readTimestamp =
        switch (bound.mode()) {
          case STRONG, MAX_STALENESS -> null;
          case EXACT_STALENESS -> now().plusNanos(-bound.nanos());
          case READ_TIMESTAMP -> new Timestamp(bound.nanos());
        };
  }

  private Timestamp now() {
    return context.trueTime().now().latest();
  }

  @Override
  public TxnId id() {
    return base.id();
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public RowCursor read(ReadRequest request) {
    if (request.lock() != LockMode.NONE) {
      throw cannotLock();
    }
    return new ReadCursor(request, new AtTimestamp(), context.router(), new TreeMap<>());
  }

  private static MeridianException cannotLock() {
    return new MeridianException(
        ErrorCode.READ_ONLY_TRANSACTION, "a read-only transaction cannot lock rows");
  }

  private final class AtTimestamp extends ReadSource {
    AtTimestamp() {
      super(context, ReadOnlyTransaction.this.caller, base.deadline());
    }

    @Override
    @Nullable ServerId replica(GroupId group) {
      return bound.isStrong()
          ? caller.replicas().forStrong(group)
          : caller.replicas().forStale(group);
    }

    @Override
    @Nullable Timestamp fixed() {
      return readTimestamp;
    }

    @Override
    public long fixTimestamp() {
      Timestamp at = readTimestamp;
      if (at == null) {
        at = bound.isStrong() ? now() : now().plusNanos(-Math.min(FRESH.toNanos(), bound.nanos()));
        readTimestamp = at;
      }
      return at.nanos();
    }

    @Override
    public ReadReply ask(GroupId group, ReadCall.Builder call) {
      if (readTimestamp == null && !bound.isStrong()) {
        return askFresh(group, call);
      }
      ReadReply reply = super.ask(group, call);
      if (!reply.hasRefusal()) {
        readTimestamp = new Timestamp(reply.getReadTimestampNanos());
      }
      return reply;
    }

    private ReadReply askFresh(GroupId group, ReadCall.Builder call) {
      ServerId nearest = replica(group);
      fixTimestamp();
      ReadReply reply = nearest == null ? null : caller.askReplica(question(group, call), deadline);
      if (reply != null) {
        return reply;
      }
      readTimestamp = now().plusNanos(-bound.nanos());
      return super.ask(group, call);
    }
  }

  @Override
  public void write(List<Mutation> mutations, boolean checkNow, SchemaVersion schema) {
    throw new MeridianException(
        ErrorCode.READ_ONLY_TRANSACTION, "a read-only transaction cannot write");
  }

  @Override
  public void lockRange(KeyRange range) {
    throw cannotLock();
  }

  @Override
  public Timestamp commit(SchemaVersion schema) {
    Timestamp at = readTimestamp;
    return at == null ? now() : at;
  }

  @Override
  public void rollback() {
    // it holds nothing anywhere
  }

  @Override
  public TransactionStatistics statistics() {
    return caller.statistics();
  }
}
