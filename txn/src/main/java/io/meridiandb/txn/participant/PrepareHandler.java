package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockTable.Manner;
import io.meridiandb.txn.lock.LockWish;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.participant.UnderWay.Work;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.PreparedEntry;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Txn;
import io.meridiandb.txn.proto.Vote;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.txn.proto.Write.Action;
import io.meridiandb.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Votes of this group on transactions of several groups (protocol C3, G22).
 *
 * <p>Exclusive locks on all that is written and a shared one on the schema's row, without waiting
 * for older transactions (G21); schema, ownership and conditions looked at under them; then the
 * vote PREPARED(txn, p, lease end, writes, participants) is appended, with p assigned there. When
 * it is chosen the answer goes. From then on only the outcome ends it here. A no is final: it is
 * remembered, and carries the epoch that it answers (G12).
 */
final class PrepareHandler {
  /** One prepare from its request to the choice of its vote. */
  private static final class Prepare extends Work {
    final PrepareCall call;
    final long epoch;
    Consumer<PrepareReply> answer;
    @Nullable Pending pending;

    Prepare(TxnId id, PrepareCall call, long epoch, Consumer<PrepareReply> answer) {
      super(id);
      this.call = call;
      this.epoch = epoch;
      this.answer = answer;
    }

    Timestamp start() {
      return new Timestamp(call.getCommitStartNanos());
    }

    boolean schemaChecked() {
      return call.getSchemaVersion() != SchemaVersion.EXEMPT.value();
    }

    /** Whether more rests on its locks than can be locked again from its record. */
    boolean reads() {
      return call.getHolding().getGrant() != 0
          || call.getWritesList().stream().anyMatch(write -> write.getAction() == Action.KEEP);
    }

    @Override
    void answer(Refusal refusal) {
      answer.accept(refused(refusal, epoch));
    }
  }

  private final Leadership leadership;
  private final AppendedRefusals refusals;
  private final Admission admission;
  private final Recoveries recoveries;

  PrepareHandler(
      Leadership leadership,
      AppendedRefusals refusals,
      Admission admission,
      Recoveries recoveries) {
    this.leadership = leadership;
    this.refusals = refusals;
    this.admission = admission;
    this.recoveries = recoveries;
  }

  void handle(PrepareCall call, Consumer<PrepareReply> answer) {
    TxnId id = Protos.txn(call.getHolding().getTxn());
    if (answerFromRecords(id, call, answer)
        || refusals.whenApplied(id, () -> handleAgain(call, answer))) {
      return;
    }
    Work running = leadership.underWay.find(id);
    if (running instanceof Prepare again) {
      again.answer = answer; // sent again: only the last sender still waits, and it lives
      leadership.locks.heard(id, leadership.context.clocks().bootNanos());
      return;
    }
    Refusal refusal = admit(id, call);
    if (refusal != null) {
      answer.accept(refused(refusal, leadership.epoch));
      return;
    }
    Prepare prepare = new Prepare(id, call, leadership.epoch, answer);
    leadership.underWay.begin(prepare);
    lock(prepare);
  }

  private void handleAgain(PrepareCall call, Consumer<PrepareReply> answer) {
    if (leadership.leads()) {
      handle(call, answer);
    } else {
      answer.accept(refused(leadership.notLeader(), leadership.epoch));
    }
  }

  /** What the log says is said again, whatever epoch is asked (protocol G12). */
  private boolean answerFromRecords(TxnId id, PrepareCall call, Consumer<PrepareReply> answer) {
    boolean asked =
        leadership.rules.hold(Rule.RECORD_ANSWERS)
            || call.getHolding().getEpoch() == leadership.epoch;
    Prepared prepared = leadership.vote(id);
    if (prepared != null && asked) {
      answer.accept(voted(prepared.entry.getVote()));
      return true;
    }
    switch (leadership.state.attempts.find(id)) {
      case AttemptOutcomes.Ending.Committed committed ->
          answer.accept(ended(id, committed.timestamp()));
      case AttemptOutcomes.Ending.Aborted _ ->
          answer.accept(refused(Refuse.aborted(id), leadership.epoch));
      case null -> {
        return answerFromSequence(id, new Timestamp(call.getCommitStartNanos()), answer);
      }
    }
    return true;
  }

  private boolean answerFromSequence(TxnId id, Timestamp start, Consumer<PrepareReply> answer) {
    if (leadership.state.outcomes.mayCommit(id, start)) {
      return false;
    }
    switch (leadership.state.outcomes.find(id)) {
      case Outcome.Committed(int attempt, Timestamp at) when attempt == id.attempt() ->
          answer.accept(ended(id, at));
      case Outcome.Committed _, Outcome.Refused _ ->
          answer.accept(refused(Refuse.aborted(id), leadership.epoch));
      case Outcome.Expired _, Outcome.Unknown _ ->
          answer.accept(refused(Refuse.expired(id), leadership.epoch));
    }
    return true;
  }

  private @Nullable Refusal admit(TxnId id, PrepareCall call) {
    long self = leadership.context.group().value();
    if (leadership.isEnding(id)
        || !call.getParticipantsList().contains(self)
        || !(call.getExplicit() || call.getParticipantsList().contains(call.getAnchor()))) {
      return Refuse.failed(
          ErrorCode.PROTOCOL_VIOLATION,
          "%s is prepared in %s, which is not among its participants or commits it already"
              .formatted(id, leadership.context.group()));
    }
    return admission.refuse(
        new Admission.Request(
            call.getHolding(),
            new Timestamp(call.getCommitStartNanos()),
            call.getWritesList(),
            call.getSerializedSize(),
            true));
  }

  private void lock(Prepare prepare) {
    PrepareCall call = prepare.call;
    List<LockWish> wishes =
        leadership.wishes(
            call.getWritesList(), call.getExclusiveRangesList(), prepare.schemaChecked());
    leadership.lock(
        call.getHolding(),
        wishes,
        leadership.rules.hold(Rule.PREPARE_REFUSES) ? Manner.PREPARING : Manner.WAITING,
        new Leadership.Continuation() {
          @Override
          public void locked(long grant) {
            execute(prepare);
          }

          @Override
          public void refused(Refusal refusal) {
            end(prepare, refusal);
          }
        });
  }

  /** All locks are held, and this replica leads: looks at everything as it is now. */
  private void execute(Prepare prepare) {
    PrepareCall call = prepare.call;
    if (!leadership.underWay.has(prepare)) {
      return; // told to abort while it waited
    }
    if (!leadership.schema.admits(call.getSchemaVersion(), Timestamp.MAX)) {
      end(prepare, Refuse.schemaChanged(leadership.schema.at(Timestamp.MAX)));
      return;
    }
    Refusal notOwned = leadership.notOwned(call.getWritesList());
    if (notOwned == null) {
      notOwned = leadership.notOwned(ranges(call), Timestamp.MAX);
    }
    if (notOwned != null) {
      end(prepare, notOwned);
      return;
    }
    Writes.Failure failure = Writes.check(leadership.context.store(), call.getWritesList());
    if (failure != null) {
      Refusal refusal = Refuse.conditionFailed(failure.kind(), failure.key());
      leadership.context.replication().whenPassed(failure.seen(), () -> end(prepare, refusal));
      return;
    }
    leadership.locks.sealPrepared(prepare.id);
    append(prepare);
  }

  private static List<KeyRange> ranges(PrepareCall call) {
    return call.getExclusiveRangesList().stream().map(Protos::range).toList();
  }

  private void append(Prepare prepare) {
    PrepareCall call = prepare.call;
    List<Write> writes = Writes.applied(call.getWritesList());
    List<List<Write>> pieces = Writes.pieces(writes);
    Txn txn = call.getHolding().getTxn();
    PreparedEntry.Builder entry =
        PreparedEntry.newBuilder()
            .setTxn(txn)
            .setAgeNanos(call.getHolding().getAgeNanos())
            .setCommitStartNanos(call.getCommitStartNanos())
            .setAckedSequence(Math.min(call.getAckedSequence(), prepare.id.sequence() - 1))
            .addAllWrites(pieces.getLast())
            .setParts(pieces.size() - 1)
            .setReads(prepare.reads())
            .addAllExclusiveRanges(call.getExclusiveRangesList())
            .setAnchor(call.getAnchor())
            .addAllParticipants(call.getParticipantsList())
            .setExplicit(call.getExplicit())
            .setSchemaChecked(prepare.schemaChecked());
    if (!PartsAppender.append(leadership, txn, pieces)) {
      appendFailed(prepare);
      return;
    }
    CompletableFuture<Long> chosen =
        leadership
            .context
            .replication()
            .propose(timestamp -> {
              prepare.pending =
                  leadership.pending.add(timestamp, Writes.keys(writes), ranges(call));
              return GroupEntries.encode(entry.setVote(voteAt(timestamp)).build());
            });
    chosen.whenComplete((index, error) -> {
      if (error != null) {
        appendFailed(prepare);
      }
    });
  }

  /**
   * The schema's row stays locked until the outcome, or until the lease has ended and with it the
   * time in which this can commit: so the schema cannot change before the commit timestamp.
   */
  private Vote voteAt(Timestamp prepared) {
    Timestamp leaseEnd = leadership.context.replication().leaseEnd();
    Invariants.check(
        !leaseEnd.isBefore(prepared), "a vote at %s, the lease ends at %s", prepared, leaseEnd);
    return Vote.newBuilder()
        .setPreparedNanos(prepared.nanos())
        .setLeaseEndNanos(leaseEnd.nanos())
        .setSchemaUntilNanos(Timestamp.MAX.nanos())
        .build();
  }

  /** As for a commit: not appended, or nobody knows whether it will be chosen. */
  private void appendFailed(Prepare prepare) {
    if (!leadership.underWay.has(prepare)) {
      return;
    }
    if (prepare.pending != null) {
      prepare.answer(leadership.notLeader());
    } else if (leadership.leads()) {
      leadership.context.events().count("txn.prepare.append.retries", 1);
      leadership.context.strand().schedule(Log.RETRY, () -> appendAgain(prepare));
    } else {
      end(prepare, leadership.notLeader());
    }
  }

  private void appendAgain(Prepare prepare) {
    if (!leadership.underWay.has(prepare)) {
      return;
    }
    if (!leadership.leads()) {
      end(prepare, leadership.notLeader());
    } else if (admission.isExpired(prepare.start())) {
      end(prepare, Refuse.expired(prepare.id));
    } else {
      append(prepare);
    }
  }

  /** The vote is applied on this replica. */
  void applied(PreparedEntry entry) {
    TxnId id = Protos.txn(entry.getTxn());
    recoveries.noticed(id, entry.getExplicit());
    if (!(leadership.underWay.find(id) instanceof Prepare prepare)) {
      return; // appended by an earlier leader
    }
    Pending pending = prepare.pending;
    if (pending == null) {
      throw Invariants.unreachable("%s was applied before it was appended", id);
    }
    leadership.inherited.succeeded(prepare.call.getHolding());
    leadership.pending.remove(pending);
    leadership.underWay.end(prepare);
    prepare.answer.accept(voted(entry.getVote()));
  }

  /**
   * The transaction is aborted and has not been appended here: ends its prepare, for good.
   *
   * @return false if its vote is appended already
   */
  boolean abort(TxnId id) {
    if (!(leadership.underWay.find(id) instanceof Prepare prepare)) {
      return true;
    }
    if (prepare.pending != null) {
      return false;
    }
    end(prepare, Refuse.aborted(id));
    return true;
  }

  /** Ends a prepare that has not happened; where the no is final it is remembered. */
  private void end(Prepare prepare, Refusal refusal) {
    if (!leadership.underWay.has(prepare)) {
      return;
    }
    leadership.underWay.end(prepare); // first: closing its locks ends what waits for them
    switch (refusal.getReason()) {
      case NOT_LEADER -> {
        // no answer at all: the next leader knows
      }
      case SCHEMA_CHANGED -> {
        // The schema never goes back, so this request can never be done; one planned anew may be.
        if (prepare.call.getHolding().getGrant() == 0) {
          leadership.locks.close(prepare.id);
        }
      }
      default -> {
        leadership.refusals.remember(prepare.id, prepare.start(), refusal);
        leadership.locks.close(prepare.id);
      }
    }
    prepare.answer(refusal);
  }

  private PrepareReply voted(Vote vote) {
    return PrepareReply.newBuilder().setVote(vote).setEpoch(leadership.epoch).build();
  }

  private PrepareReply ended(TxnId id, Timestamp timestamp) {
    return PrepareReply.newBuilder()
        .setEpoch(leadership.epoch)
        .setEnded(
            OutcomeCall.newBuilder()
                .setTxn(Protos.txn(id))
                .setCommitted(true)
                .setTimestampNanos(timestamp.nanos()))
        .build();
  }

  private static PrepareReply refused(Refusal refusal, long epoch) {
    return PrepareReply.newBuilder().setRefusal(refusal).setEpoch(epoch).build();
  }
}
