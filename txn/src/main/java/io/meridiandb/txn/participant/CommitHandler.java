package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.participant.UnderWay.Work;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commits of one-group transactions: one log entry decides and holds everything (protocol C3, 1PC).
 *
 * <p>Known outcome, or refused before: the same answer again. Otherwise exclusive locks on all
 * written keys, schema and conditions checked under them, COMMITTED(txn, s, writes) appended with s
 * assigned there; when it is applied the locks go, and when s has surely passed the answer goes.
 */
final class CommitHandler {
  /** One commit from its request to its answer. */
  private static final class Commit extends Work {
    final CommitCall call;
    Consumer<CommitReply> answer;
    @Nullable Pending pending;

    Commit(TxnId id, CommitCall call, Consumer<CommitReply> answer) {
      super(id);
      this.call = call;
      this.answer = answer;
    }

    Timestamp start() {
      return new Timestamp(call.getCommitStartNanos());
    }

    @Override
    void answer(Refusal refusal) {
      answer.accept(refused(refusal));
    }

    /** Whether its locks were taken for this commit alone: then nothing was read under them. */
    boolean lockFree() {
      return call.getHolding().getGrant() == 0;
    }
  }

  private final Leadership leadership;
  private final AppendedRefusals refusals;
  private final Admission admission;

  CommitHandler(Leadership leadership, AppendedRefusals refusals, Admission admission) {
    this.leadership = leadership;
    this.refusals = refusals;
    this.admission = admission;
  }

  void handle(CommitCall call, Consumer<CommitReply> answer) {
    TxnId id = Protos.txn(call.getHolding().getTxn());
    Timestamp start = new Timestamp(call.getCommitStartNanos());
    if (!leadership.state.outcomes.mayCommit(id, start)) {
      answerEnded(id, answer);
      return;
    }
    if (refusals.whenApplied(id, () -> handle(call, answer))) {
      return;
    }
    Work running = leadership.underWay.find(id);
    if (running instanceof Commit again) {
      again.answer = answer; // sent again: only the last sender still waits, and it lives
      leadership.locks.heard(id, leadership.context.clocks().bootNanos());
      return;
    }
    Refusal refusal =
        leadership.isEnding(id)
            ? Refuse.failed(ErrorCode.PROTOCOL_VIOLATION, id + " is prepared and committed at once")
            : admit(id, call, start);
    if (refusal != null) {
      answer.accept(refused(refusal));
      return;
    }
    Commit commit = new Commit(id, call, answer);
    leadership.underWay.begin(commit);
    lock(commit);
  }

  private void answerEnded(TxnId id, Consumer<CommitReply> answer) {
    switch (leadership.state.outcomes.find(id)) {
      case Outcome.Committed committed when committed.attempt() == id.attempt() -> {
        leadership.context.events().probe("txn.commit.replayed");
        answerCommitted(committed.timestamp(), answer);
      }
      case Outcome.Committed _, Outcome.Refused _ -> answer.accept(refused(Refuse.aborted(id)));
      case Outcome.Expired _, Outcome.Unknown _ -> answer.accept(refused(Refuse.expired(id)));
    }
  }

  private @Nullable Refusal admit(TxnId id, CommitCall call, Timestamp start) {
    if (leadership.rules.hold(Rule.ANCHOR_COMMITS)
        && call.getAnchor() != leadership.context.group().value()) {
      return Refuse.failed(
          ErrorCode.PROTOCOL_VIOLATION,
          "%s commits in %s and names another anchor".formatted(id, leadership.context.group()));
    }
    return admission.refuse(
        new Admission.Request(
            call.getHolding(),
            start,
            call.getWritesList(),
            call.getSerializedSize(),
            call.getWritesCount() > 0));
  }

  private void lock(Commit commit) {
    if (!leadership.rules.hold(Rule.REFUSALS_REST_ON_CHOSEN)) {
      Write duplicate = leadership.appendedAlready(commit.call.getWritesList());
      if (duplicate != null) {
        end(commit, Refuse.conditionFailed(Mutation.Kind.INSERT, Protos.key(duplicate.getKey())));
        return;
      }
    }
    // From here on G16 holds by itself: whoever appends keeps its locks until that is applied.
    leadership.lock(
        commit.call.getHolding(),
        Writes.wishes(commit.call.getWritesList()),
        new Leadership.Continuation() {
          @Override
          public void locked(long grant) {
            execute(commit);
          }

          @Override
          public void refused(Refusal refusal) {
            lockRefused(commit, refusal);
          }
        });
  }

  private void lockRefused(Commit commit, Refusal refusal) {
    boolean again = commit.lockFree() && refusal.getReason() == Reason.WOUNDED;
    if (again && leadership.leads()) {
      // It has read nothing, so it need not be run again: it only queues anew, with its age kept.
      leadership.context.strand().execute(() -> relock(commit));
    } else {
      end(commit, refusal);
    }
  }

  private void relock(Commit commit) {
    if (!leadership.underWay.has(commit)) {
      return; // the leader has stepped down, and it was answered
    }
    if (leadership.leads()) {
      lock(commit);
    } else {
      end(commit, leadership.notLeader());
    }
  }

  /** All locks are held, and this replica leads: looks at everything as it is now. */
  private void execute(Commit commit) {
    boolean exempt = commit.call.getSchemaVersion() == SchemaVersion.EXEMPT.value();
    Pending schemaChange = exempt ? null : leadership.schemaChangeBelow(Timestamp.MAX);
    if (schemaChange != null) {
      schemaChange.whenApplied(() -> relock(commit));
      return;
    }
    if (!leadership.schema.admits(commit.call.getSchemaVersion(), Timestamp.MAX)) {
      end(commit, Refuse.schemaChanged(leadership.schema.at(Timestamp.MAX)));
      return;
    }
    Refusal notOwned = leadership.notOwned(commit.call.getWritesList());
    if (notOwned != null) {
      end(commit, notOwned);
      return;
    }
    Writes.Failure failure = Writes.check(leadership.context.store(), commit.call.getWritesList());
    if (failure != null) {
      Refusal refusal = Refuse.conditionFailed(failure.kind(), failure.key());
      // What the refusal rests on must be past for everybody before anybody hears of it (G18).
      leadership.context.replication().whenPassed(failure.seen(), () -> end(commit, refusal));
      return;
    }
    List<Write> writes = Writes.applied(commit.call.getWritesList());
    if (writes.isEmpty()) {
      commitReadOnly(commit);
    } else {
      append(commit, writes);
    }
  }

  /** Nothing to log: its locks have held until now, and nobody may write below now any more. */
  private void commitReadOnly(Commit commit) {
    Timestamp now = leadership.context.replication().now().latest();
    if (!leadership.context.replication().raise(now)) {
      end(commit, leadership.notLeader());
      return;
    }
    leadership.inherited.succeeded(commit.call.getHolding());
    leadership.underWay.end(commit);
    leadership.locks.close(commit.id);
    commit.answer.accept(committed(now));
  }

  private void append(Commit commit, List<Write> writes) {
    List<List<Write>> pieces = Writes.pieces(writes);
    CommittedEntry.Builder entry =
        CommittedEntry.newBuilder()
            .setTxn(commit.call.getHolding().getTxn())
            .setCommitStartNanos(commit.call.getCommitStartNanos())
            .setAckedSequence(Math.min(commit.call.getAckedSequence(), commit.id.sequence() - 1))
            .addAllWrites(pieces.getLast())
            .setParts(pieces.size() - 1);
    leadership.locks.seal(commit.id);
    if (!PartsAppender.append(leadership, commit.call.getHolding().getTxn(), pieces)) {
      appendFailed(commit, writes);
      return;
    }
    CompletableFuture<Long> chosen =
        leadership
            .context
            .replication()
            .propose(timestamp -> {
              commit.pending = leadership.pending.add(timestamp, Writes.keys(writes));
              return GroupEntries.encode(entry.setTimestampNanos(timestamp.nanos()).build());
            });
    chosen.whenComplete((index, error) -> {
      if (error != null) {
        appendFailed(commit, writes);
      }
    });
  }

  /**
   * The commit was not appended, because the log is full or has no leader; or nobody knows whether
   * it will be chosen: then the next leader is asked.
   */
  private void appendFailed(Commit commit, List<Write> writes) {
    if (!leadership.underWay.has(commit)) {
      return;
    }
    if (commit.pending != null) {
      commit.answer.accept(refused(leadership.notLeader()));
    } else if (leadership.leads()) {
      leadership.context.events().count("txn.commit.append.retries", 1);
      leadership.context.strand().schedule(Log.RETRY, () -> appendAgain(commit, writes));
    } else {
      end(commit, leadership.notLeader());
    }
  }

  /** Its locks are held and its conditions hold as they did. */
  private void appendAgain(Commit commit, List<Write> writes) {
    if (!leadership.underWay.has(commit)) {
      return;
    }
    if (!leadership.leads()) {
      end(commit, leadership.notLeader());
    } else if (admission.isExpired(commit.start())) {
      end(commit, Refuse.expired(commit.id));
    } else {
      append(commit, writes);
    }
  }

  /** The entry is applied on this replica. */
  void applied(CommittedEntry entry) {
    TxnId id = Protos.txn(entry.getTxn());
    if (!(leadership.underWay.find(id) instanceof Commit commit)) {
      return; // appended by an earlier leader
    }
    Pending pending = commit.pending;
    if (pending == null) {
      throw Invariants.unreachable("%s was applied before it was appended", id);
    }
    leadership.inherited.succeeded(commit.call.getHolding());
    leadership.pending.remove(pending);
    leadership.locks.close(id);
    leadership.underWay.end(commit);
    answerCommitted(new Timestamp(entry.getTimestampNanos()), commit.answer);
  }

  /** Ends a commit that has not happened; where the no is final it is remembered. */
  private void end(Commit commit, Refusal refusal) {
    if (!leadership.underWay.has(commit)) {
      return;
    }
    switch (refusal.getReason()) {
      case NOT_LEADER -> {
        // no answer at all: whether it commits is found out from the next leader
      }
      case SCHEMA_CHANGED -> {
        if (commit.lockFree()) {
          leadership.locks.close(commit.id);
        }
      }
      default -> {
        leadership.refusals.remember(commit.id, commit.start(), refusal);
        leadership.locks.close(commit.id);
      }
    }
    leadership.underWay.end(commit);
    commit.answer.accept(refused(refusal));
  }

  private void answerCommitted(Timestamp timestamp, Consumer<CommitReply> answer) {
    leadership
        .context
        .replication()
        .whenPassed(timestamp, () -> answer.accept(committed(timestamp)));
  }

  private CommitReply committed(Timestamp timestamp) {
    return CommitReply.newBuilder()
        .setCommitTimestampNanos(timestamp.nanos())
        .setEpoch(leadership.epoch)
        .build();
  }

  private static CommitReply refused(Refusal refusal) {
    return CommitReply.newBuilder().setRefusal(refusal).build();
  }
}
