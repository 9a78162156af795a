package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import java.util.function.Consumer;

/**
 * Tells clients how their transactions ended, and ends those that have not (protocol C3, recovery;
 * G13): a sequence of which nothing is known gets a REFUSED entry, after which none of its attempts
 * can commit; one that is prepared is brought to its end together with the other participants. So
 * the question always has an answer.
 */
final class ResolveHandler {
  private final Leadership leadership;
  private final AppendedRefusals refusals;
  private final Recoveries recoveries;

  ResolveHandler(Leadership leadership, AppendedRefusals refusals, Recoveries recoveries) {
    this.leadership = leadership;
    this.refusals = refusals;
    this.recoveries = recoveries;
  }

  void handle(ResolveCall call, Consumer<ResolveReply> answer) {
    if (!leadership.leads()) {
      answer.accept(ResolveReply.newBuilder().setRefusal(leadership.notLeader()).build());
      return;
    }
    TxnId first = new TxnId(call.getSessionHigh(), call.getSessionLow(), call.getSequence(), 0);
    TxnId last = AppendedRefusals.lastOf(first);
    Runnable again = () -> handle(call, answer);
    Prepared prepared = leadership.state.prepared.findBetween(first, last);
    if (prepared != null) {
      prepared.whenEnded(again);
      recoveries.begin(prepared.recovery());
      return;
    }
    Timestamp late = leadership.state.attempts.committedBetween(first, last);
    if (late != null) {
      answerCommitted(late, answer);
      return;
    }
    switch (leadership.state.outcomes.find(first)) {
      case Outcome.Committed(int _, Timestamp timestamp) -> answerCommitted(timestamp, answer);
      case Outcome.Refused() -> answer.accept(ResolveReply.getDefaultInstance());
      case Outcome.Expired() ->
          answer.accept(ResolveReply.newBuilder().setRefusal(Refuse.expired(first)).build());
      case Outcome.Unknown() -> {
        if (!leadership.underWay.whenEnded(first, last, again)
            && !refusals.whenApplied(first, again)) {
          refusals.append(first, again);
        }
      }
    }
  }

  private void answerCommitted(Timestamp timestamp, Consumer<ResolveReply> answer) {
    ResolveReply reply =
        ResolveReply.newBuilder()
            .setCommitted(true)
            .setCommitTimestampNanos(timestamp.nanos())
            .build();
    leadership.context.replication().whenPassed(timestamp, () -> answer.accept(reply));
  }
}
