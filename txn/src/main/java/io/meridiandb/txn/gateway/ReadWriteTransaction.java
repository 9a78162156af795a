package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.RollbackNotice;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A read-write transaction of one group: reads lock at the leader, writes are buffered here, and
 * the commit is one request (protocol C2, C3). It is bound to the leader that granted its first
 * lock: if that one is gone, so are its locks, and it has to be run again.
 */
final class ReadWriteTransaction implements Transaction {
  /** What it works with. */
  record Parts(GatewayContext context, GroupCaller caller, KeepAlives keepAlives) {}

  private final Parts parts;
  private final TransactionBase base;
  private final Timestamp age;
  private final long ackedSequence;
  private final WriteBuffer buffer = new WriteBuffer();
  private @Nullable LockHold hold;
  private @Nullable Timestamp commitStart;
  private @Nullable RuntimeException ended;

  ReadWriteTransaction(Parts parts, TransactionBase base, Timestamp age, long ackedSequence) {
    this.parts = parts;
    this.base = base;
    this.age = age;
    this.ackedSequence = ackedSequence;
  }

  @Override
  public TxnId id() {
    return base.id();
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public RowCursor read(ReadRequest request) {
    requireActive();
    return new ReadCursor(
        request,
        request.lock() == LockMode.NONE
            ? new ReadSource(parts.caller(), base.deadline(), this::stillActive)
            : new LockingSource(),
        parts.context().router(),
        buffer.within(request.ranges()));
  }

  private ReadCall.Builder stillActive(ReadCall.Builder call) {
    requireActive();
    return call;
  }

  /** Locks are taken piece by piece, as the rows are wanted. */
  private final class LockingSource implements ReadCursor.Source {
    @Override
    public ReadReply ask(GroupId group, ReadCall.Builder call) {
      return readLocking(group, call);
    }

    @Override
    public @Nullable CompletableFuture<ReadReply> begin(GroupId group, ReadCall call) {
      return null;
    }

    @Override
    public @Nullable ReadReply finish(CompletableFuture<ReadReply> begun) {
      return null;
    }
  }

  private ReadReply readLocking(GroupId group, ReadCall.Builder call) {
    LockHold at = holdAt(group);
    ReadReply reply =
        parts
            .caller()
            .ask(
                group,
                Exchanges.READ,
                epoch -> call.setHolding(at.holding(epoch)).build(),
                false,
                base.deadline());
    granted(at, reply.getEpoch(), reply.getGrant());
    return checked(reply, reply.getRefusal());
  }

  @Override
  public void write(List<Mutation> mutations, boolean checkNow, SchemaVersion schema) {
    requireActive();
    WriteBuffer.Change change = buffer.plan(mutations);
    for (Mutation mutation : mutations) {
      holdAt(parts.context().router().locate(mutation.key()));
    }
    List<Write> checks = checkNow ? change.toCheck() : List.of();
    if (!checks.isEmpty()) {
      lockAndCheck(checks, schema);
      change.verified();
    }
    buffer.install(change);
  }

  @Override
  public void lockRange(KeyRange range) {
    LockHold at = holdAt(parts.context().router().locate(range.start()));
    lock(
        at,
        LockCall.newBuilder()
            .addExclusiveRanges(Protos.range(range))
            .setSchemaVersion(SchemaVersion.EXEMPT.value()));
  }

  private void lockAndCheck(List<Write> checks, SchemaVersion schema) {
    lock(requireHold(), LockCall.newBuilder().addAllKeys(checks).setSchemaVersion(schema.value()));
  }

  private void lock(LockHold at, LockCall.Builder call) {
    LockReply reply =
        parts
            .caller()
            .ask(
                at.group,
                Exchanges.LOCK,
                epoch -> call.setHolding(at.holding(epoch)).build(),
                false,
                base.deadline());
    granted(at, reply.getEpoch(), reply.getGrant());
    Refusal refusal = checked(reply, reply.getRefusal()).getRefusal();
    if (reply.hasRefusal()) {
      throw Refusals.exception(refusal);
    }
  }

  @Override
  public Timestamp commit(SchemaVersion schema) {
    requireActive();
    LockHold at = hold;
    if (at == null || (buffer.isEmpty() && !at.granted())) {
      end(new MeridianException(ErrorCode.NO_ACTIVE_TRANSACTION, "it has been committed"));
      return parts.context().trueTime().now().latest();
    }
    CommitCall.Builder call = commitCall(schema);
    CommitReply reply;
    try {
      reply =
          parts
              .caller()
              .ask(
                  at.group,
                  Exchanges.COMMIT,
                  epoch -> call.setHolding(at.holding(epoch)).build(),
                  at.granted(),
                  base.deadline());
    } catch (MeridianException e) {
      throw end(unknown(e));
    }
    if (!reply.hasRefusal()) {
      end(new MeridianException(ErrorCode.NO_ACTIVE_TRANSACTION, "it has been committed"));
      return new Timestamp(reply.getCommitTimestampNanos());
    }
    RuntimeException refused = Refusals.exception(reply.getRefusal());
    throw refused instanceof SchemaChangedException ? refused : end(refused);
  }

  private CommitCall.Builder commitCall(SchemaVersion schema) {
    Timestamp start = commitStart;
    if (start == null) {
      start = parts.context().trueTime().now().latest();
      commitStart = start;
    }
    return CommitCall.newBuilder()
        .setCommitStartNanos(start.nanos())
        .setAckedSequence(ackedSequence)
        .setSchemaVersion(schema.value())
        .addAllWrites(buffer.writes());
  }

  private MeridianException unknown(MeridianException cause) {
    return new MeridianException(
            ErrorCode.TRANSACTION_OUTCOME_UNKNOWN,
            "whether transaction %s was committed is not known: %s"
                .formatted(base.id(), cause.getMessage()),
            cause)
        .withHint("Ask how it ended by its id before running it again.");
  }

  @Override
  public void rollback() {
    if (ended != null) {
      return;
    }
    end(new MeridianException(ErrorCode.NO_ACTIVE_TRANSACTION, "it has been rolled back"));
    LockHold at = hold;
    if (at != null && at.granted()) {
      parts
          .context()
          .messenger()
          .send(
              parts.context().router().leader(at.group).server(),
              TxnMessages.ROLLBACK,
              at.group,
              RollbackNotice.newBuilder().setHolding(at.holding(0)).build());
    }
  }

  /** Nothing more happens in it, for the reason given. */
  private RuntimeException end(RuntimeException reason) {
    ended = reason;
    LockHold at = hold;
    if (at != null && at.granted()) {
      parts.keepAlives().remove(at);
    }
    return reason;
  }

  private void requireActive() {
    RuntimeException reason = ended;
    if (reason == null) {
      return;
    }
    if (reason instanceof MeridianException e && e.code() == ErrorCode.NO_ACTIVE_TRANSACTION) {
      throw new MeridianException(
          e.code(), "transaction %s has ended: %s".formatted(base.id(), e.getMessage()));
    }
    throw new MeridianException(
        reason instanceof MeridianException e ? e.code() : ErrorCode.TRANSACTION_FAILED,
        "transaction %s has failed before: %s".formatted(base.id(), reason.getMessage()),
        reason);
  }

  private LockHold requireHold() {
    LockHold at = hold;
    if (at == null) {
      throw new MeridianException(ErrorCode.INTERNAL, "a transaction without a group has locks");
    }
    return at;
  }

  /** The one group of the transaction. */
  private LockHold holdAt(GroupId group) {
    requireActive();
    LockHold at = hold;
    long now = parts.context().env().clocks().bootNanos();
    if (at == null) {
      at = new LockHold(base.id(), group, age, now);
      hold = at;
    }
    at.lastUseNanos = now;
    if (!at.group.equals(group)) {
      throw new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "one transaction in %s and %s is not supported yet".formatted(at.group, group))
          .withHint("Use a transaction for each.");
    }
    return at;
  }

  private void granted(LockHold at, long epoch, long grant) {
    if (grant != 0 && !at.granted()) {
      at.granted(epoch, grant);
      parts.keepAlives().add(at);
    }
  }

  /** Ends the transaction if the refusal says that its locks are gone. */
  private <R> R checked(R reply, Refusal refusal) {
    switch (refusal.getReason()) {
      case WOUNDED, LOCKS_LOST, WRONG_EPOCH, ABORTED, EXPIRED ->
          throw end(Refusals.exception(refusal));
      case UNSPECIFIED,
          NOT_LEADER,
          WAITING,
          SCHEMA_CHANGED,
          WRONG_DIRECTORY,
          CONDITION_FAILED,
          FAILED,
          UNRECOGNIZED -> {
        return reply;
      }
    }
    return reply;
  }
}
