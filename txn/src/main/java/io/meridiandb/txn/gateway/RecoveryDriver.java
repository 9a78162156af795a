package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.txn.participant.CommitDecision;
import io.meridiandb.txn.participant.CommitDecision.Decision;
import io.meridiandb.txn.participant.CommitDecision.Vote;
import io.meridiandb.txn.participant.CommitMode;
import io.meridiandb.txn.participant.Recovery;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.Refusal.Reason;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.txn.proto.VoteReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ends transactions whose gateway died or lost its answers (protocol C3, recovery; G8, G21, G22):
 * asks every participant for its vote, which makes those that have none refuse for ever, and
 * evaluates {@link CommitDecision} over what all have logged. In explicit mode it asks the anchor
 * alone, which has an outcome then or aborts. So it never guesses, and whoever else does the same
 * at the same time comes to the same end. Event-driven, one run a transaction; callable from any
 * thread.
 */
public final class RecoveryDriver implements Recovery {
  /** So long one run asks for votes; who still waits begins another. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final GatewayContext context;
  private final ReplicaChooser replicas;
  private final OutcomeCourier outcomes;
  private final TreeMap<TxnId, CompletableFuture<@Nullable Decision>> running = new TreeMap<>();

  RecoveryDriver(GatewayContext context, ReplicaChooser replicas, OutcomeCourier outcomes) {
    this.context = context;
    this.replicas = replicas;
    this.outcomes = outcomes;
  }

  @Override
  public CompletableFuture<Void> recover(RecoveryRequest request) {
    return decide(request)
        .thenCompose(decision ->
            decision == null
                ? CompletableFuture.completedFuture(null)
                : outcomes.announce(request, decision));
  }

  /**
   * Finds the end of a transaction, making one if there is none.
   *
   * @return null if some participant could not be asked
   */
  CompletableFuture<@Nullable Decision> decide(RecoveryRequest request) {
    Invariants.check(!request.participants().isEmpty(), "%s has no participants", request.id());
    CompletableFuture<@Nullable Decision> result = new CompletableFuture<>();
    context
        .strand()
        .execute(() -> {
          CompletableFuture<@Nullable Decision> run = running.get(request.id());
          if (run == null) {
            run = new CompletableFuture<>();
            running.put(request.id(), run);
            askAll(request, run);
          }
          run.whenComplete((decision, error) -> forward(decision, error, result));
        });
    return result;
  }

  private static void forward(
      @Nullable Decision decision,
      @Nullable Throwable error,
      CompletableFuture<@Nullable Decision> to) {
    if (error == null) {
      to.complete(decision);
    } else {
      to.completeExceptionally(error);
    }
  }

  private void askAll(RecoveryRequest request, CompletableFuture<@Nullable Decision> run) {
    context.env().events().count("txn.gateway.recoveries", 1);
    VoteCall question =
        VoteCall.newBuilder()
            .setTxn(Protos.txn(request.id()))
            .setCommitStartNanos(request.commitStart().nanos())
            .setExplicit(request.mode() == CommitMode.EXPLICIT)
            .build();
    Deadline deadline = new Deadline(context.env().clocks(), PATIENCE);
    RandomSource random = context.random().fork("recovery " + request.id());
    List<CompletableFuture<VoteReply>> replies = new ArrayList<>();
    for (GroupId group : request.deciders()) {
      replies.add(
          LeaderCall.begin(
                  context,
                  replicas,
                  Question.of(group, Exchanges.VOTE, epoch -> question),
                  deadline,
                  () -> random)
              .future());
    }
    replies.forEach(reply ->
        reply.thenAccept(answer -> {
          if (settles(answer)) {
            end(request, List.of(answer), run);
          }
        }));
    CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
        .whenComplete((nothing, error) -> {
          if (error == null) {
            end(request, replies.stream().map(CompletableFuture::join).toList(), run);
          } else if (running.remove(request.id(), run)) {
            context.env().events().count("txn.gateway.recoveries.open", 1);
            run.complete(null);
          }
        });
  }

  /**
   * Whether one answer says it all: the outcome, or that this participant never lets it commit.
   * Then nobody waits for participants that cannot be asked, such as a group without a majority.
   */
  private static boolean settles(VoteReply answer) {
    return answer.hasEnded() || answer.getRefused();
  }

  /** Once: what is asked after the end finds it at the participants. */
  private void end(
      RecoveryRequest request, List<VoteReply> answers, CompletableFuture<@Nullable Decision> run) {
    if (!running.remove(request.id(), run)) {
      return;
    }
    try {
      run.complete(evaluate(request, answers));
    } catch (RuntimeException e) {
      run.completeExceptionally(e);
    }
  }

  /**
   * The end according to the answers. Who knows the outcome is believed before who knows nothing
   * any more: a participant may have forgotten what the anchor keeps (protocol G13).
   */
  private @Nullable Decision evaluate(RecoveryRequest request, List<VoteReply> replies) {
    TxnId id = request.id();
    Decision ended = null;
    for (VoteReply reply : replies) {
      if (reply.hasEnded()) {
        Decision each = decision(reply.getEnded());
        Invariants.check(
            ended == null || ended.equals(each), "%s ended as %s and as %s", id, ended, each);
        ended = each;
      }
    }
    if (ended != null) {
      return ended;
    }
    List<Vote> votes = new ArrayList<>();
    for (VoteReply reply : replies) {
      if (reply.hasPrepared() && request.mode() == CommitMode.IMPLIED) {
        votes.add(vote(reply.getPrepared()));
      } else if (reply.getRefused() || reply.getRefusal().getReason() == Reason.EXPIRED) {
        votes.add(new Vote.Refused());
      } else {
        return null; // it said why it cannot tell
      }
    }
    return CommitDecision.decide(votes);
  }

  /** An outcome as a participant tells it. */
  static Decision decision(OutcomeCall ended) {
    return ended.getCommitted()
        ? new Decision.Commit(new Timestamp(ended.getTimestampNanos()))
        : new Decision.Abort();
  }

  /** A vote as the decision takes it. */
  static Vote vote(io.meridiandb.txn.proto.Vote vote) {
    return new Vote.Prepared(
        new Timestamp(vote.getPreparedNanos()),
        new Timestamp(vote.getLeaseEndNanos()),
        new Timestamp(vote.getSchemaUntilNanos()));
  }
}
