package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.txn.proto.VoteReply;
import java.util.function.Consumer;

/**
 * Answers a recovery's question for this group's vote, from the log alone (protocol C3): PREPARED,
 * or a refusal of this attempt that is appended now if nothing is known. A prepare that is under
 * way is waited for. So who asks twice, or at two leaders, gets the same. The anchor of an explicit
 * transaction answers with its outcome, and makes one if there is none (G22).
 */
final class VoteHandler {
  private final Leadership leadership;
  private final AppendedRefusals refusals;
  private final OutcomeHandler outcomes;

  VoteHandler(Leadership leadership, AppendedRefusals refusals, OutcomeHandler outcomes) {
    this.leadership = leadership;
    this.refusals = refusals;
    this.outcomes = outcomes;
  }

  void handle(VoteCall call, Consumer<VoteReply> answer) {
    if (!leadership.leads()) {
      answer.accept(refusal(leadership.notLeader()));
      return;
    }
    TxnId id = Protos.txn(call.getTxn());
    Prepared prepared = leadership.vote(id);
    if (prepared != null) {
      if (prepared.entry.getExplicit() && leadership.rules.hold(Rule.MODES)) {
        answerExplicit(prepared, call, answer);
      } else {
        answer.accept(VoteReply.newBuilder().setPrepared(prepared.entry.getVote()).build());
      }
      return;
    }
    switch (leadership.state.attempts.find(id)) {
      case AttemptOutcomes.Ending.Committed committed ->
          answer.accept(committed(id, committed.timestamp()));
      case AttemptOutcomes.Ending.Aborted _ -> answer.accept(refused());
      case null -> handleUnknown(id, call, answer);
    }
  }

  /** Its vote is nobody's business; the anchor, asked as such, aborts what has no outcome (G22). */
  private void answerExplicit(Prepared prepared, VoteCall call, Consumer<VoteReply> answer) {
    long anchor = prepared.entry.getAnchor();
    if (!call.getExplicit() || anchor != leadership.context.group().value()) {
      answer.accept(VoteReply.newBuilder().setAnchor(anchor).build());
      return;
    }
    leadership.context.events().probe("txn.explicit.aborted");
    OutcomeCall abort = OutcomeCall.newBuilder().setTxn(call.getTxn()).build();
    outcomes.handle(
        abort,
        reply -> {
          if (reply.hasRefusal()) {
            answer.accept(refusal(reply.getRefusal()));
          } else {
            handle(call, answer); // an outcome that was on its way may have been first
          }
        });
  }

  private void handleUnknown(TxnId id, VoteCall call, Consumer<VoteReply> answer) {
    Timestamp start = new Timestamp(call.getCommitStartNanos());
    if (!leadership.state.outcomes.mayCommit(id, start)) {
      switch (leadership.state.outcomes.find(id)) {
        case Outcome.Committed(int attempt, Timestamp at) when attempt == id.attempt() ->
            answer.accept(committed(id, at));
        case Outcome.Committed _, Outcome.Refused _ -> answer.accept(refused());
        case Outcome.Expired _, Outcome.Unknown _ -> answer.accept(refusal(Refuse.expired(id)));
      }
      return;
    }
    Runnable again = () -> handle(call, answer);
    if (!leadership.underWay.whenEnded(id, id, again) && !refusals.whenApplied(id, again)) {
      refusals.append(id, again);
    }
  }

  private static VoteReply committed(TxnId id, Timestamp timestamp) {
    return VoteReply.newBuilder()
        .setEnded(
            OutcomeCall.newBuilder()
                .setTxn(Protos.txn(id))
                .setCommitted(true)
                .setTimestampNanos(timestamp.nanos()))
        .build();
  }

  private static VoteReply refused() {
    return VoteReply.newBuilder().setRefused(true).build();
  }

  private static VoteReply refusal(Refusal refusal) {
    return VoteReply.newBuilder().setRefusal(refusal).build();
  }
}
