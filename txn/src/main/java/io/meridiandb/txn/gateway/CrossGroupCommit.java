package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.txn.participant.CommitDecision;
import io.meridiandb.txn.participant.CommitDecision.Decision;
import io.meridiandb.txn.participant.CommitDecision.Vote;
import io.meridiandb.txn.participant.CommitMode;
import io.meridiandb.txn.participant.Recovery.RecoveryRequest;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.Write;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The commit of a transaction over several groups (protocol C3): all participants, reading ones
 * included, prepare at once; when all votes are durable it <em>is</em> committed, at the greatest
 * of their timestamps, without anybody having written so. One round over the WAN. In explicit mode
 * ({@link CommitMode}, G22) that is only what the gateway proposes to the anchor: committed is what
 * the anchor's log says, and nobody hears of it before. A second round.
 *
 * <p>What the answers mean:
 *
 * <ul>
 *   <li>all prepared: {@link CommitDecision} says how it ended, or is to end;
 *   <li>a no that is final (the locks are gone, a condition does not hold): aborted;
 *   <li>any other no, or no answer: nobody may guess. {@link RecoveryDriver} finds out, and makes
 *       an end where there is none;
 *   <li>the schema has changed: nothing was done there. What is prepared elsewhere stays so, and
 *       the rest may be asked again with the newer version.
 * </ul>
 *
 * <p>Used by the transaction's fiber.
 */
final class CrossGroupCommit {
  /**
   * One group's part in it.
   *
   * @param writes empty where it has only read
   * @param exclusive ranges that it has locked whole
   */
  record Participant(LockHold hold, List<Write> writes, List<KeyRange> exclusive) {}

  private final TransactionParts parts;
  private final Deadline deadline;
  private final RecoveryRequest transaction;
  private final long ackedSequence;
  private final TreeMap<GroupId, Participant> participants = new TreeMap<>();
  private final TreeMap<GroupId, Vote> votes = new TreeMap<>();

  CrossGroupCommit(
      TransactionParts parts,
      Deadline deadline,
      RecoveryRequest transaction,
      long ackedSequence,
      List<Participant> participants) {
    this.parts = parts;
    this.deadline = deadline;
    this.transaction = transaction;
    this.ackedSequence = ackedSequence;
    for (Participant each : participants) {
      this.participants.put(each.hold.group, each);
    }
  }

  /** What the answers of one round have come to. */
  private static final class Tally {
    @Nullable Refusal finalNo;
    @Nullable Refusal doubtful;
    @Nullable Refusal schemaChanged;
    @Nullable Decision ended;
    boolean unanswered;
  }

  /**
   * Prepares where it is not prepared yet, and decides.
   *
   * @return the commit timestamp, which may not have passed yet; everybody is being told
   * @throws SchemaChangedException may be tried again with the newer version
   * @throws MeridianException it is aborted, or (TRANSACTION_OUTCOME_UNKNOWN) nobody could say
   */
  Timestamp run(SchemaVersion schema) {
    Tally tally = prepare(schema);
    if (tally.finalNo != null) {
      abort();
      throw Refusals.exception(tally.finalNo);
    }
    if (tally.ended != null) {
      return conclude(tally.ended, null);
    }
    if (tally.doubtful != null || tally.unanswered) {
      return recover(tally.doubtful);
    }
    if (tally.schemaChanged != null) {
      throw Refusals.exception(tally.schemaChanged);
    }
    Decision decision = CommitDecision.decide(List.copyOf(votes.values()));
    return transaction.mode() == CommitMode.EXPLICIT && decision instanceof Decision.Commit commit
        ? commitAtAnchor(commit)
        : conclude(decision, null);
  }

  /** The first outcome in the anchor's log stands: a recovery may have been there before. */
  private Timestamp commitAtAnchor(Decision.Commit commit) {
    OutcomeCall outcome = OutcomeCourier.call(transaction, commit);
    OutcomeReply reply;
    try {
      reply =
          parts
              .caller()
              .ask(
                  Question.of(transaction.anchor(), Exchanges.OUTCOME, epoch -> outcome), deadline);
    } catch (MeridianException e) {
      return recover(null);
    }
    if (reply.getChosen()) {
      return conclude(commit, null);
    }
    if (reply.hasEnded()) {
      return conclude(RecoveryDriver.decision(reply.getEnded()), null);
    }
    return recover(reply.getRefusal());
  }

  private Tally prepare(SchemaVersion schema) {
    List<LeaderCall<PrepareCall, PrepareReply>> calls = new ArrayList<>();
    for (Participant each : participants.values()) {
      if (!votes.containsKey(each.hold.group)) {
        calls.add(parts.caller().begin(question(each, schema), deadline));
      }
    }
    try {
      parts.caller().await(settled(calls), deadline);
    } catch (MeridianException e) {
      parts.context().env().events().count("txn.prepare.late", 1);
    }
    parts.caller().count(calls);
    Tally tally = new Tally();
    for (LeaderCall<PrepareCall, PrepareReply> call : calls) {
      if (call.future().isDone() && !call.future().isCompletedExceptionally()) {
        take(call.group(), call.future().join(), tally);
      } else {
        tally.unanswered = true;
        call.cancel();
      }
    }
    return tally;
  }

  private Question<PrepareCall, PrepareReply> question(Participant to, SchemaVersion schema) {
    PrepareCall.Builder call =
        PrepareCall.newBuilder()
            .setCommitStartNanos(transaction.commitStart().nanos())
            .setAckedSequence(ackedSequence)
            .setSchemaVersion(schema.value())
            .addAllWrites(to.writes)
            .setAnchor(transaction.anchor().value());
    for (KeyRange range : to.exclusive) {
      call.addExclusiveRanges(Protos.range(range));
    }
    LockHold hold = to.hold;
    boolean explicit = transaction.mode() == CommitMode.EXPLICIT;
    boolean whole = !explicit || hold.group.equals(transaction.anchor());
    for (GroupId group : whole ? transaction.participants() : List.of(hold.group)) {
      call.addParticipants(group.value());
    }
    call.setExplicit(explicit);
    return Question.of(
            hold.group, Exchanges.PREPARE, epoch -> call.setHolding(hold.holding(epoch)).build())
        .insisting(hold.granted());
  }

  /** Completes when all have answered, or one has said a final no. */
  private static CompletableFuture<Void> settled(
      List<LeaderCall<PrepareCall, PrepareReply>> calls) {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    AtomicInteger open = new AtomicInteger(calls.size());
    for (LeaderCall<PrepareCall, PrepareReply> call : calls) {
      call.future()
          .whenComplete((reply, error) -> {
            boolean no = error == null && reply.hasRefusal() && isFinal(reply.getRefusal());
            if (open.decrementAndGet() == 0 || no) {
              settled.complete(null);
            }
          });
    }
    return settled;
  }

  /**
   * Whether a participant that says so surely never prepares this attempt (protocol G12): it
   * remembers these, and a later leader refuses the epoch.
   */
  private static boolean isFinal(Refusal refusal) {
    return switch (refusal.getReason()) {
      case WOUNDED, LOCKS_LOST, WRONG_EPOCH, CONDITION_FAILED -> true;
      case UNSPECIFIED,
          NOT_LEADER,
          SCHEMA_CHANGED,
          ABORTED,
          EXPIRED,
          FAILED,
          WAITING,
          WRONG_DIRECTORY,
          UNRECOGNIZED ->
          false;
    };
  }

  private void take(GroupId group, PrepareReply reply, Tally tally) {
    Refusal refusal = reply.getRefusal();
    if (reply.hasVote()) {
      votes.put(group, RecoveryDriver.vote(reply.getVote()));
    } else if (reply.hasEnded()) {
      tally.ended = RecoveryDriver.decision(reply.getEnded());
    } else if (isFinal(refusal)) {
      tally.finalNo = tally.finalNo == null ? refusal : tally.finalNo;
    } else if (refusal.getReason() == Reason.SCHEMA_CHANGED) {
      Refusal before = tally.schemaChanged;
      boolean newer = before == null || before.getSchemaVersion() < refusal.getSchemaVersion();
      tally.schemaChanged = newer ? refusal : before;
    } else {
      parts.context().router().directories(refusal.getDirectoriesList());
      tally.doubtful = refusal;
    }
  }

  private Timestamp recover(@Nullable Refusal why) {
    parts.context().env().events().probe("txn.commit.recovered");
    Decision decision;
    try {
      Deadline patience =
          new Deadline(parts.context().env().clocks(), RecoveryDriver.PATIENCE.multipliedBy(2));
      decision = parts.caller().await(parts.recovery().decide(transaction), patience);
    } catch (MeridianException e) {
      decision = null;
    }
    if (decision == null) {
      throw Refusals.unknown(transaction.id(), "not all of its groups could be asked", null);
    }
    return conclude(decision, why);
  }

  private Timestamp conclude(Decision decision, @Nullable Refusal why) {
    parts.outcomes().announce(transaction, decision);
    return switch (decision) {
      case Decision.Commit(Timestamp timestamp) -> timestamp;
      case Decision.Abort() -> throw aborted(why);
    };
  }

  private RuntimeException aborted(@Nullable Refusal why) {
    if (why != null && why.getReason() == Reason.FAILED) {
      return Refusals.exception(why);
    }
    return new MeridianException(
            ErrorCode.SERIALIZATION_FAILURE,
            "transaction %s was aborted: %s"
                .formatted(
                    transaction.id(),
                    why == null
                        ? "it was not prepared everywhere before a lease or a schema ended"
                        : why.getMessage()))
        .withHint("Run the transaction again.");
  }

  /**
   * Ends it where it is prepared; of no effect elsewhere. Only with proof that it cannot commit.
   */
  void abort() {
    parts.outcomes().announce(transaction, new Decision.Abort());
  }
}
