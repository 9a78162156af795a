package io.meridiandb.txn.participant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.participant.CommitDecision.Decision;
import io.meridiandb.txn.participant.CommitDecision.Vote;
import io.meridiandb.txn.proto.OutcomeAcknowledged;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.VoteReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Recovery without messages: asks the leaders that there are, decides, tells all. */
final class RecoveryDouble implements Recovery {
  private final Map<GroupId, FakeGroup> groups;
  final List<Decision> decisions = new ArrayList<>();
  int runs;

  RecoveryDouble(Map<GroupId, FakeGroup> groups) {
    this.groups = groups;
  }

  @Override
  public CompletableFuture<Void> recover(RecoveryRequest request) {
    runs++;
    CompletableFuture<Void> done = new CompletableFuture<>();
    List<Vote> votes = new ArrayList<>();
    for (GroupId each : request.deciders()) {
      FakeGroup group = groups.get(each);
      if (group == null || group.leader == null) {
        done.complete(null);
        return done;
      }
      group.leader.participant.vote(
          Calls.vote(request.id(), request.commitStart().nanos()).toBuilder()
              .setExplicit(request.mode() == CommitMode.EXPLICIT)
              .build(),
          reply -> voted(request, reply, votes, done));
    }
    return done;
  }

  private void voted(
      RecoveryRequest request, VoteReply reply, List<Vote> votes, CompletableFuture<Void> done) {
    switch (reply.getAnswerCase()) {
      case PREPARED ->
          votes.add(
              new Vote.Prepared(
                  new Timestamp(reply.getPrepared().getPreparedNanos()),
                  new Timestamp(reply.getPrepared().getLeaseEndNanos()),
                  new Timestamp(reply.getPrepared().getSchemaUntilNanos())));
      case REFUSED -> votes.add(new Vote.Refused());
      case ENDED -> {
        tell(request, reply.getEnded(), done);
        return;
      }
      case ANCHOR -> {
        done.complete(null); // it must be asked about in another way
        return;
      }
      case ANSWER_NOT_SET -> {
        if (reply.getRefusal().getReason() != Reason.EXPIRED) {
          done.complete(null);
          return;
        }
        votes.add(new Vote.Refused()); // to who is prepared that means aborted (G13)
      }
    }
    if (votes.size() == request.deciders().size()) {
      Decision decision = CommitDecision.decide(votes);
      decisions.add(decision);
      boolean commits = decision instanceof Decision.Commit;
      Timestamp at = decision instanceof Decision.Commit(Timestamp s) ? s : Timestamp.ZERO;
      tell(request, Calls.outcome(request.id(), commits, at.nanos()), done);
    }
  }

  private void tell(RecoveryRequest request, OutcomeCall outcome, CompletableFuture<Void> done) {
    int[] chosen = new int[1];
    for (GroupId each : request.participants()) {
      participant(each)
          .outcome(
              outcome,
              reply -> {
                chosen[0] += reply.getChosen() ? 1 : 0;
                if (chosen[0] == request.participants().size()) {
                  acknowledge(request);
                  done.complete(null);
                }
              });
    }
  }

  private void acknowledge(RecoveryRequest request) {
    OutcomeAcknowledged notice =
        OutcomeAcknowledged.newBuilder().setTxn(Protos.txn(request.id())).build();
    request.participants().forEach(each -> participant(each).acknowledged(notice));
  }

  private Participant participant(GroupId group) {
    FakeGroup.FakeReplica leader = groups.get(group).leader;
    return leader == null ? groups.get(group).replicas.getFirst().participant : leader.participant;
  }
}
