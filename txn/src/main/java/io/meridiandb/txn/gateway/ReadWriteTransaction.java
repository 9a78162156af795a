package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.txn.gateway.Router.Located;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A read-write transaction over any groups: reads lock at the leaders, writes are buffered here,
 * and the commit is one round of requests (protocol C2, C3). In each group it is bound to the
 * leader that granted its first lock there: if that one is lost, so are its locks, and it has to be
 * run again. One that hands over as planned gives them to the next, and nothing is noticed here.
 */
final class ReadWriteTransaction implements Transaction {
  private final TransactionParts parts;
  private final TransactionBase base;
  private final WriteBuffer buffer = new WriteBuffer();
  private final Holds holds;
  private final Committer committer;
  private @Nullable RuntimeException ended;
  private @Nullable Duration waitMax;

  ReadWriteTransaction(
      TransactionParts parts, TransactionBase base, Timestamp age, TransactionOptions options) {
    this.parts = parts;
    this.base = base;
    this.holds = new Holds(parts.context(), parts.keepAlives(), base.id(), age);
    this.committer = new Committer(parts, base, holds, options);
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
        request.lock() == LockMode.NONE ? new PlainSource() : new LockingSource(readsUntil()),
        parts.context().router(),
        buffer.within(request.ranges()));
  }

  @Override
  public void waitAtMost(Duration most) {
    waitMax = most;
  }

  @Override
  public void decideAt(GroupId group) {
    committer.decideAt(group);
  }

  private Deadline readsUntil() {
    Duration most = waitMax;
    return most == null
        ? base.deadline()
        : new Deadline(parts.context().env().clocks(), base.deadline().remaining(most));
  }

  /** Reads without locks, each at a timestamp of its own. */
  private final class PlainSource extends ReadSource {
    PlainSource() {
      super(parts.context(), parts.caller(), base.deadline());
    }

    @Override
    public ReadReply ask(GroupId group, ReadCall.Builder call) {
      requireActive();
      return super.ask(group, call);
    }
  }

  /** Locks are taken piece by piece, as the rows are wanted. */
  private final class LockingSource implements ReadCursor.Source {
    private final Deadline deadline;

    LockingSource(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public ReadReply ask(GroupId group, ReadCall.Builder call) {
      requireActive();
      LockHold at = holds.at(group);
      boolean before = at.granted();
      ReadReply reply =
          parts
              .caller()
              .ask(
                  Question.of(
                      group, Exchanges.READ, epoch -> call.setHolding(at.holding(epoch)).build()),
                  deadline);
      holds.granted(at, reply.getEpoch(), reply.getGrant());
      if (reply.getRefusal().getReason() == Reason.WRONG_DIRECTORY) {
        holds.letGoOfWrong(at, before);
      }
      requireLocks(reply.getRefusal());
      return reply;
    }

    @Override
    public LeaderCall<?, ReadReply> begin(GroupId group, ReadCall.Builder call) {
      throw Invariants.unreachable("a locking read of %s is asked for ahead", group);
    }

    @Override
    public ReadReply finish(LeaderCall<?, ReadReply> begun) {
      throw Invariants.unreachable("a locking read of %s was asked for ahead", begun.group());
    }

    @Override
    public long fixTimestamp() {
      return 0;
    }

    @Override
    public void pause(int failures) {
      parts.caller().pauseForMoved(failures, deadline);
    }
  }

  @Override
  public void write(List<Mutation> mutations, boolean checkNow, SchemaVersion schema) {
    requireActive();
    WriteBuffer.Change change = buffer.plan(mutations);
    List<Write> checks = checkNow ? change.toCheck() : List.of();
    if (!checks.isEmpty()) {
      lockAndCheck(checks, schema);
      change.verified();
    }
    buffer.install(change);
    if (!mutations.isEmpty()) {
      committer.writes(parts.context().router().locate(mutations.getFirst().key()));
    }
  }

  private void lockAndCheck(List<Write> checks, SchemaVersion schema) {
    Router router = parts.context().router();
    for (int moved = 0; ; moved++) {
      Map<GroupId, LockCall.Builder> calls = new TreeMap<>();
      for (Write check : checks) {
        calls
            .computeIfAbsent(router.locate(Protos.key(check.getKey())), group -> call(schema))
            .addKeys(check);
      }
      if (lock(calls)) {
        return;
      }
      parts.caller().pauseForMoved(moved, base.deadline());
    }
  }

  @Override
  public void lockRange(KeyRange range) {
    requireActive();
    Router router = parts.context().router();
    for (int moved = 0; ; moved++) {
      Map<GroupId, LockCall.Builder> calls = new TreeMap<>();
      List<Located> pieces = router.cut(range);
      for (Located piece : pieces) {
        calls
            .computeIfAbsent(piece.group(), group -> call(SchemaVersion.EXEMPT))
            .addExclusiveRanges(Protos.range(piece.range()));
      }
      if (lock(calls)) {
        pieces.forEach(piece -> holds.lockedWhole(piece.group(), piece.range()));
        return;
      }
      parts.caller().pauseForMoved(moved, base.deadline());
    }
  }

  private static LockCall.Builder call(SchemaVersion schema) {
    return LockCall.newBuilder().setSchemaVersion(schema.value());
  }

  /** Locks in all groups at once; false if some of the keys are elsewhere. */
  private boolean lock(Map<GroupId, LockCall.Builder> calls) {
    List<LeaderCall<LockCall, LockReply>> begun = new ArrayList<>();
    calls.forEach((group, call) -> {
      LockHold at = holds.at(group);
      begun.add(
          parts
              .caller()
              .begin(
                  Question.of(
                      group, Exchanges.LOCK, epoch -> call.setHolding(at.holding(epoch)).build()),
                  base.deadline()));
    });
    List<LockReply> replies = parts.caller().finishAll(begun, base.deadline());
    RuntimeException refused = null;
    boolean here = true;
    for (int i = 0; i < replies.size(); i++) {
      LockReply reply = replies.get(i);
      Refusal refusal = reply.getRefusal();
      LockHold at = holds.at(begun.get(i).group());
      boolean before = at.granted();
      holds.granted(at, reply.getEpoch(), reply.getGrant());
      if (refusal.getReason() == Reason.WRONG_DIRECTORY) {
        holds.letGoOfWrong(at, before);
        parts.context().router().directories(refusal.getDirectoriesList());
        here = false;
      } else if (reply.hasRefusal() && refused == null) {
        refused = Refusals.exception(refusal);
      }
    }
    for (LockReply reply : replies) {
      requireLocks(reply.getRefusal());
    }
    if (refused != null) {
      throw refused;
    }
    return here;
  }

  @Override
  public Timestamp commit(SchemaVersion schema) {
    requireActive();
    Timestamp timestamp;
    try {
      timestamp = committer.commit(buffer, schema);
    } catch (SchemaChangedException e) {
      throw e;
    } catch (RuntimeException e) {
      end(e);
      boolean unknown =
          e instanceof MeridianException m && m.code() == ErrorCode.TRANSACTION_OUTCOME_UNKNOWN;
      if (!unknown) {
        holds.giveBack();
      }
      throw e;
    }
    end(new MeridianException(ErrorCode.NO_ACTIVE_TRANSACTION, "it has been committed"));
    return timestamp;
  }

  @Override
  public void rollback() {
    if (ended != null) {
      return;
    }
    end(new MeridianException(ErrorCode.NO_ACTIVE_TRANSACTION, "it has been rolled back"));
    committer.abandon();
    holds.giveBack();
  }

  @Override
  public @Nullable GroupId anchor() {
    return committer.likelyAnchor();
  }

  @Override
  public TransactionStatistics statistics() {
    return parts.caller().statistics();
  }

  /** Nothing more happens in it, for the reason given. */
  private void end(RuntimeException reason) {
    ended = reason;
    holds.vouchNoMore();
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

  /** Ends the transaction if the refusal says that its locks are gone. */
  private void requireLocks(Refusal refusal) {
    switch (refusal.getReason()) {
      case WOUNDED, LOCKS_LOST, WRONG_EPOCH, ABORTED, EXPIRED -> {
        RuntimeException lost = Refusals.exception(refusal);
        end(lost);
        holds.giveBack();
        throw lost;
      }
      case UNSPECIFIED,
          NOT_LEADER,
          WAITING,
          SCHEMA_CHANGED,
          WRONG_DIRECTORY,
          CONDITION_FAILED,
          FAILED,
          UNRECOGNIZED -> {
        // its locks are what they were
      }
    }
  }
}
