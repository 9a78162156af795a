package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.HorizonEntry;
import io.meridiandb.txn.proto.RefusedEntry;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Tells how transactions ended, and ends those that have not: a sequence of which nothing is known
 * gets a REFUSED entry, after which none of its attempts can commit (protocol C3, recovery; G13).
 * So the question always has an answer. Also moves the horizon on behind which outcomes are
 * forgotten.
 */
final class ResolveHandler {
  private static final Duration HORIZON_STEP = Duration.ofMinutes(1);

  private final Leadership leadership;
  private final CommitHandler commits;

  /** Sequences whose REFUSED is appended and not applied, with what waits for it. */
  private final TreeMap<TxnId, List<Runnable>> refusing = new TreeMap<>();

  private Timestamp proposedHorizon;

  ResolveHandler(Leadership leadership, CommitHandler commits) {
    this.leadership = leadership;
    this.commits = commits;
    this.proposedHorizon = leadership.outcomes.horizon();
  }

  /** No commit that began at or before it may be appended any more. */
  Timestamp proposedHorizon() {
    return proposedHorizon;
  }

  /** Runs {@code task} once the refusal of this sequence is applied; false if none is under way. */
  boolean whenResolved(TxnId id, Runnable task) {
    List<Runnable> waiting = refusing.get(firstOf(id));
    if (waiting == null) {
      return false;
    }
    waiting.add(task);
    return true;
  }

  void handle(ResolveCall call, Consumer<ResolveReply> answer) {
    if (!leadership.leads()) {
      answer.accept(ResolveReply.newBuilder().setRefusal(leadership.notLeader()).build());
      return;
    }
    TxnId first = new TxnId(call.getSessionHigh(), call.getSessionLow(), call.getSequence(), 0);
    switch (leadership.outcomes.find(first)) {
      case Outcome.Committed(int _, Timestamp timestamp) ->
          leadership
              .context
              .replication()
              .whenPassed(timestamp, () -> answer.accept(committed(timestamp)));
      case Outcome.Refused() -> answer.accept(ResolveReply.getDefaultInstance());
      case Outcome.Expired() ->
          answer.accept(ResolveReply.newBuilder().setRefusal(Refuse.expired(first)).build());
      case Outcome.Unknown() -> {
        TxnId last =
            new TxnId(first.sessionHigh(), first.sessionLow(), first.sequence(), Integer.MAX_VALUE);
        Runnable again = () -> handle(call, answer);
        if (!commits.whenEnded(first, last, again) && !whenResolved(first, again)) {
          refuse(first, again);
        }
      }
    }
  }

  private static ResolveReply committed(Timestamp timestamp) {
    return ResolveReply.newBuilder()
        .setCommitted(true)
        .setCommitTimestampNanos(timestamp.nanos())
        .build();
  }

  private void refuse(TxnId first, Runnable again) {
    List<Runnable> waiting = new ArrayList<>(1);
    waiting.add(again);
    refusing.put(first, waiting);
    RefusedEntry.Builder entry =
        RefusedEntry.newBuilder()
            .setSessionHigh(first.sessionHigh())
            .setSessionLow(first.sessionLow())
            .setSequence(first.sequence());
    CompletableFuture<Long> chosen =
        leadership
            .context
            .replication()
            .propose(at -> GroupEntries.encode(entry.setAtNanos(at.nanos()).build()));
    chosen.whenComplete((index, error) -> {
      if (error != null && refusing.remove(first, waiting)) {
        waiting.forEach(leadership.context.strand()::execute);
      }
    });
  }

  /** The refusal is applied on this replica. */
  void applied(RefusedEntry entry) {
    TxnId first = new TxnId(entry.getSessionHigh(), entry.getSessionLow(), entry.getSequence(), 0);
    List<Runnable> waiting = refusing.remove(first);
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }

  /** Called now and then: moves the horizon on if there is anything to forget. */
  void tick() {
    Timestamp next =
        leadership
            .context
            .replication()
            .now()
            .earliest()
            .plus(TxnLimits.OUTCOME_RETENTION.negated());
    boolean worthIt =
        next.isAfter(proposedHorizon.plus(HORIZON_STEP)) && leadership.outcomes.holdsUpTo(next);
    if (worthIt && leadership.leads()) {
      proposedHorizon = next;
      byte[] entry =
          GroupEntries.encode(HorizonEntry.newBuilder().setHorizonNanos(next.nanos()).build());
      leadership
          .context
          .replication()
          .propose(at -> entry)
          .whenComplete((index, error) -> {
            if (error != null) {
              leadership.context.events().probe("txn.horizon.failed");
            }
          });
    }
  }

  /** The leader has stepped down: who waits is told so when its task runs. */
  void dissolve() {
    List<List<Runnable>> all = List.copyOf(refusing.values());
    refusing.clear();
    all.forEach(waiting -> waiting.forEach(Runnable::run));
  }

  private static TxnId firstOf(TxnId id) {
    return new TxnId(id.sessionHigh(), id.sessionLow(), id.sequence(), 0);
  }
}
