package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.PartEntry;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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
  /** Most commits that wait for locks or for the log at once. */
  private static final int UNDER_WAY_MAX = 20_000;

  /** After how long a commit that found no room in the log is appended again. */
  private static final Duration APPEND_RETRY = Duration.ofMillis(20);

  /** One commit from its request to its answer. */
  private static final class Commit {
    final TxnId id;
    final CommitCall call;
    final List<Runnable> ended = new ArrayList<>(0);
    Consumer<CommitReply> answer;
    @Nullable Pending pending;

    Commit(TxnId id, CommitCall call, Consumer<CommitReply> answer) {
      this.id = id;
      this.call = call;
      this.answer = answer;
    }

    Timestamp start() {
      return new Timestamp(call.getCommitStartNanos());
    }

    /** Whether its locks were taken for this commit alone: then nothing was read under them. */
    boolean lockFree() {
      return call.getHolding().getGrant() == 0;
    }
  }

  private final Leadership leadership;
  private final ResolveHandler resolves;
  private final RememberedRefusals refusals = new RememberedRefusals();
  private final TreeMap<TxnId, Commit> underWay = new TreeMap<>();

  CommitHandler(Leadership leadership) {
    this.leadership = leadership;
    this.resolves = new ResolveHandler(leadership, this);
  }

  /** The handler that ends transactions for those who ask how they ended. */
  ResolveHandler resolves() {
    return resolves;
  }

  /** Whether the transaction is being committed: it may not take further locks. */
  boolean isUnderWay(TxnId id) {
    return underWay.containsKey(id);
  }

  /** Runs {@code task} when no attempt of the sequence is being committed; false if none is now. */
  boolean whenEnded(TxnId first, TxnId last, Runnable task) {
    for (Commit commit : underWay.subMap(first, true, last, true).values()) {
      commit.ended.add(task);
      return true;
    }
    return false;
  }

  void handle(CommitCall call, Consumer<CommitReply> answer) {
    TxnId id = Protos.txn(call.getHolding().getTxn());
    Timestamp start = new Timestamp(call.getCommitStartNanos());
    if (!leadership.outcomes.mayCommit(id, start)) {
      answerEnded(id, answer);
      return;
    }
    if (resolves.whenResolved(id, () -> handle(call, answer))) {
      return;
    }
    Commit running = underWay.get(id);
    if (running != null) {
      running.answer = answer; // sent again: only the last sender still waits, and it lives
      leadership.locks.heard(id, leadership.context.clocks().bootNanos());
      return;
    }
    Refusal refusal = admit(id, call, start);
    if (refusal != null) {
      answer.accept(refused(refusal));
      return;
    }
    Commit commit = new Commit(id, call, answer);
    underWay.put(id, commit);
    lock(commit);
  }

  private void answerEnded(TxnId id, Consumer<CommitReply> answer) {
    switch (leadership.outcomes.find(id)) {
      case Outcome.Committed committed when committed.attempt() == id.attempt() -> {
        leadership.context.events().probe("txn.commit.replayed");
        answerCommitted(committed.timestamp(), answer);
      }
      case Outcome.Committed _, Outcome.Refused _ -> answer.accept(refused(Refuse.aborted(id)));
      case Outcome.Expired _, Outcome.Unknown _ -> answer.accept(refused(Refuse.expired(id)));
    }
  }

  private @Nullable Refusal admit(TxnId id, CommitCall call, Timestamp start) {
    Refusal before = refusals.find(id, start);
    if (before != null) {
      return before;
    }
    if (!start.isAfter(resolves.proposedHorizon())) {
      return Refuse.expired(id);
    }
    if (call.getHolding().getEpoch() != leadership.epoch) {
      return Refuse.wrongEpoch(leadership.epoch);
    }
    if (underWay.size() >= UNDER_WAY_MAX) {
      return Refuse.failed(
          ErrorCode.TOO_MANY_CONNECTIONS,
          "%d commits of %s are under way; try again later"
              .formatted(UNDER_WAY_MAX, leadership.context.group()));
    }
    if (call.getWritesCount() > TxnLimits.MUTATIONS_MAX) {
      return Refuse.failed(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "a transaction may write %d rows, this one writes %d; do it in smaller ones"
              .formatted(TxnLimits.MUTATIONS_MAX, call.getWritesCount()));
    }
    String malformed = Writes.malformed(call.getWritesList());
    if (malformed != null) {
      return Refuse.failed(ErrorCode.PROTOCOL_VIOLATION, malformed);
    }
    if (call.getSerializedSize() > TxnLimits.COMMIT_BYTES_MAX) {
      return Refuse.failed(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "a transaction may write %d MiB at most; do it in smaller ones"
              .formatted(TxnLimits.BYTES_MAX >> 20));
    }
    return null;
  }

  private void lock(Commit commit) {
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
    if (underWay.get(commit.id) != commit) {
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
    Pending schemaChange =
        exempt ? null : leadership.pending.conflict(SchemaGate.RANGE, Timestamp.MAX);
    if (schemaChange != null) {
      schemaChange.whenApplied(() -> relock(commit));
      return;
    }
    if (!leadership.schema.admits(commit.call.getSchemaVersion(), Timestamp.MAX)) {
      end(commit, Refuse.schemaChanged(leadership.schema.at(Timestamp.MAX)));
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
    remove(commit);
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
    if (!appendParts(commit, pieces)) {
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

  /** Whether all parts were appended; without them the commit must not be. */
  private boolean appendParts(Commit commit, List<List<Write>> pieces) {
    for (int i = 0; i < pieces.size() - 1; i++) {
      PartEntry.Builder part =
          PartEntry.newBuilder()
              .setTxn(commit.call.getHolding().getTxn())
              .setOrdinal(i)
              .addAllWrites(pieces.get(i));
      boolean[] appended = new boolean[1];
      // Whether it is chosen is told by the commit, which stands behind it.
      CompletableFuture<Long> chosen =
          leadership
              .context
              .replication()
              .propose(at -> {
                appended[0] = true;
                return GroupEntries.encode(part.build());
              });
      if (!appended[0] || chosen.isCompletedExceptionally()) {
        return false;
      }
    }
    return true;
  }

  /**
   * The commit was not appended, because the log is full or has no leader; or nobody knows whether
   * it will be chosen: then the next leader is asked.
   */
  private void appendFailed(Commit commit, List<Write> writes) {
    if (underWay.get(commit.id) != commit) {
      return;
    }
    if (commit.pending != null) {
      commit.answer.accept(refused(leadership.notLeader()));
    } else if (leadership.leads()) {
      leadership.context.events().count("txn.commit.append.retries", 1);
      leadership.context.strand().schedule(APPEND_RETRY, () -> appendAgain(commit, writes));
    } else {
      end(commit, leadership.notLeader());
    }
  }

  /** Its locks are held and its conditions hold as they did. */
  private void appendAgain(Commit commit, List<Write> writes) {
    if (underWay.get(commit.id) != commit) {
      return;
    }
    if (!leadership.leads()) {
      end(commit, leadership.notLeader());
    } else if (!commit.start().isAfter(resolves.proposedHorizon())) {
      end(commit, Refuse.expired(commit.id));
    } else {
      append(commit, writes);
    }
  }

  /** The entry is applied on this replica. */
  void applied(CommittedEntry entry) {
    TxnId id = Protos.txn(entry.getTxn());
    Commit commit = underWay.get(id);
    if (commit == null) {
      return; // appended by an earlier leader
    }
    Pending pending = commit.pending;
    if (pending == null) {
      throw Invariants.unreachable("%s was applied before it was appended", id);
    }
    leadership.pending.remove(pending);
    leadership.locks.close(id);
    remove(commit);
    answerCommitted(new Timestamp(entry.getTimestampNanos()), commit.answer);
  }

  /** Ends a commit that has not happened; where the no is final it is remembered. */
  private void end(Commit commit, Refusal refusal) {
    if (underWay.get(commit.id) != commit) {
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
        refusals.remember(commit.id, commit.start(), refusal);
        leadership.locks.close(commit.id);
      }
    }
    remove(commit);
    commit.answer.accept(refused(refusal));
  }

  private void remove(Commit commit) {
    underWay.remove(commit.id);
    commit.ended.forEach(leadership.context.strand()::execute);
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

  /** Forgets what the horizon refuses anyway. */
  void prune(Timestamp horizon) {
    refusals.prune(horizon);
  }

  /** The leader has stepped down; the locks' waiters have been told already. */
  void dissolve() {
    List<Commit> all = List.copyOf(underWay.values());
    underWay.clear();
    for (Commit commit : all) {
      commit.answer.accept(refused(leadership.notLeader()));
    }
    resolves.dissolve();
  }
}
