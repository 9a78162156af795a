package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.gateway.LeaderCall.Question;
import io.meridiandb.txn.participant.CommitDecision.Decision;
import io.meridiandb.txn.participant.Recovery.RecoveryRequest;
import io.meridiandb.txn.proto.OutcomeAcknowledged;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.OutcomeReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Tells all participants how a transaction ended, in the background, until each has it chosen in
 * its log (protocol C3, G13, G17). If it gives up, their own recoveries come to the same end.
 */
final class OutcomeCourier {
  /** So long one outcome is told. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final GatewayContext context;
  private final ReplicaChooser replicas;

  OutcomeCourier(GatewayContext context, ReplicaChooser replicas) {
    this.context = context;
    this.replicas = replicas;
  }

  /**
   * Begins to tell; does not wait. Callable from any thread.
   *
   * @return completes when everybody has it, or it has been given up; never fails
   */
  CompletableFuture<Void> announce(RecoveryRequest transaction, Decision decision) {
    OutcomeCall outcome = call(transaction, decision);
    boolean committed = decision instanceof Decision.Commit;
    Deadline deadline = new Deadline(context.env().clocks(), PATIENCE);
    RandomSource random = context.random().fork("outcome " + transaction.id());
    List<CompletableFuture<OutcomeReply>> told = new ArrayList<>();
    for (GroupId group : transaction.participants()) {
      told.add(
          LeaderCall.begin(
                  context,
                  replicas,
                  Question.of(group, Exchanges.OUTCOME, epoch -> outcome),
                  deadline,
                  () -> random)
              .future());
    }
    return CompletableFuture.allOf(told.toArray(CompletableFuture[]::new))
        .handle((nothing, error) -> {
          if (error == null
              && committed
              && told.stream().allMatch(each -> each.join().getChosen())) {
            acknowledge(transaction);
          } else if (error != null) {
            context.env().events().count("txn.gateway.outcome.given.up", 1);
          }
          return null;
        });
  }

  /** The decision in the words in which it is told. */
  static OutcomeCall call(RecoveryRequest transaction, Decision decision) {
    OutcomeCall.Builder call = OutcomeCall.newBuilder().setTxn(Protos.txn(transaction.id()));
    return decision instanceof Decision.Commit(var timestamp)
        ? call.setCommitted(true).setTimestampNanos(timestamp.nanos()).build()
        : call.build();
  }

  /** Everybody has it, so nobody need remember it for others once it is old. */
  private void acknowledge(RecoveryRequest transaction) {
    OutcomeAcknowledged notice =
        OutcomeAcknowledged.newBuilder().setTxn(Protos.txn(transaction.id())).build();
    for (GroupId group : transaction.participants()) {
      context
          .messenger()
          .send(
              context.router().leader(group).server(),
              TxnMessages.OUTCOME_ACKNOWLEDGED,
              group,
              notice);
    }
  }
}
