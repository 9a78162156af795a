package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.OutcomeEntry;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.txn.proto.Vote;
import io.meridiandb.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Outcomes of transactions that are prepared here: logged, and acknowledged once that is chosen
 * (protocol G13, G17). With the entry the versions appear and the locks go. Told twice or thrice,
 * an outcome is logged once.
 */
final class OutcomeHandler {
  private final Leadership leadership;
  private final PrepareHandler prepares;
  private final Recoveries recoveries;
  private final Acknowledgements acknowledgements;

  /** Somebody who has told an outcome and waits until one is chosen. */
  private record Telling(OutcomeCall call, Consumer<OutcomeReply> answer) {}

  /** Appended or to be appended, with those who wait. */
  private final TreeMap<TxnId, List<Telling>> ending = new TreeMap<>();

  OutcomeHandler(
      Leadership leadership,
      PrepareHandler prepares,
      Recoveries recoveries,
      Acknowledgements acknowledgements) {
    this.leadership = leadership;
    this.prepares = prepares;
    this.recoveries = recoveries;
    this.acknowledgements = acknowledgements;
  }

  void handle(OutcomeCall call, Consumer<OutcomeReply> answer) {
    if (!leadership.leads()) {
      answer.accept(refused(leadership.notLeader()));
      return;
    }
    TxnId id = Protos.txn(call.getTxn());
    Prepared prepared = leadership.state.prepared.find(id);
    if (prepared == null) {
      boolean appended = call.getCommitted() ? isUnderWay(id) : !prepares.abort(id);
      if (appended) {
        leadership.underWay.whenEnded(id, id, () -> handle(call, answer));
      } else {
        answer.accept(asItEnded(id, call));
      }
      return;
    }
    List<Telling> waiting = ending.get(id);
    if (waiting != null) {
      waiting.add(new Telling(call, answer));
      return;
    }
    if (call.getCommitted() && !possible(prepared.entry.getVote(), call.getTimestampNanos())) {
      answer.accept(
          refused(
              Refuse.failed(
                  ErrorCode.PROTOCOL_VIOLATION,
                  id + " cannot commit at " + new Timestamp(call.getTimestampNanos()))));
      return;
    }
    waiting = new ArrayList<>(1);
    waiting.add(new Telling(call, answer));
    ending.put(id, waiting);
    append(id, call);
  }

  /**
   * It is not prepared here any more, or never was. Of an explicit transaction two outcomes may be
   * told, and the first at its anchor stands (protocol G22).
   */
  private OutcomeReply asItEnded(TxnId id, OutcomeCall told) {
    if (!told.getCommitted()) {
      return chosen(); // never prepared and aborted, or ended before
    }
    switch (leadership.state.attempts.find(id)) {
      case AttemptOutcomes.Ending.Committed _ -> {
        return chosen();
      }
      case AttemptOutcomes.Ending.Aborted _ -> {
        return OutcomeReply.newBuilder()
            .setEnded(OutcomeCall.newBuilder().setTxn(told.getTxn()))
            .build();
      }
      case null -> {
        boolean known =
            leadership.state.outcomes.find(id)
                    instanceof Outcome.Committed(int attempt, Timestamp _)
                && attempt == id.attempt();
        return known ? chosen() : refused(Refuse.expired(id));
      }
    }
  }

  private boolean isUnderWay(TxnId id) {
    return leadership.underWay.find(id) != null;
  }

  private static boolean possible(Vote vote, long timestamp) {
    return timestamp >= vote.getPreparedNanos()
        && timestamp <= vote.getLeaseEndNanos()
        && timestamp < vote.getSchemaUntilNanos();
  }

  private void append(TxnId id, OutcomeCall call) {
    if (call.getCommitted()) {
      // So the entry's own timestamp is above it, and with it every later one of any leader: who
      // locks next what this one wrote or read comes after it in time as well.
      leadership.context.replication().raiseFloor(new Timestamp(call.getTimestampNanos()));
    }
    OutcomeEntry entry =
        OutcomeEntry.newBuilder()
            .setTxn(call.getTxn())
            .setCommitted(call.getCommitted())
            .setTimestampNanos(call.getTimestampNanos())
            .addAllAcknowledged(acknowledgements.named())
            .build();
    boolean[] appended = new boolean[1];
    CompletableFuture<Long> chosen =
        leadership
            .context
            .replication()
            .propose(at -> {
              appended[0] = true;
              return GroupEntries.encode(entry);
            });
    chosen.whenComplete((index, error) -> {
      if (error != null) {
        appendFailed(id, call, appended[0]);
      }
    });
  }

  private void appendFailed(TxnId id, OutcomeCall call, boolean appended) {
    if (!appended && leadership.leads()) {
      leadership.context.events().count("txn.outcome.append.retries", 1);
      leadership
          .context
          .strand()
          .schedule(
              Log.RETRY,
              () -> {
                if (ending.containsKey(id)) {
                  append(id, call);
                }
              });
      return;
    }
    List<Telling> waiting = ending.remove(id);
    if (waiting != null) {
      waiting.forEach(each -> each.answer.accept(refused(leadership.notLeader())));
    }
  }

  /** The outcome is applied on this replica. */
  void applied(OutcomeEntry entry) {
    TxnId id = Protos.txn(entry.getTxn());
    acknowledgements.applied(entry.getAcknowledgedList());
    leadership.locks.close(id);
    recoveries.ended(id);
    List<Telling> waiting = ending.remove(id);
    if (waiting != null) {
      waiting.forEach(each -> each.answer.accept(asItEnded(id, each.call)));
    }
  }

  /** The leader has stepped down: the next one is told. */
  void dissolve() {
    List<List<Telling>> all = List.copyOf(ending.values());
    ending.clear();
    all.forEach(
        waiting -> waiting.forEach(each -> each.answer.accept(refused(leadership.notLeader()))));
  }

  private static OutcomeReply chosen() {
    return OutcomeReply.newBuilder().setChosen(true).build();
  }

  private static OutcomeReply refused(Refusal refusal) {
    return OutcomeReply.newBuilder().setRefusal(refusal).build();
  }
}
