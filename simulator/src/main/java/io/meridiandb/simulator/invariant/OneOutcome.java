package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.OutcomeEntry;
import io.meridiandb.txn.proto.RefusedEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All participants of a transaction decide alike, a decision never changes, and of all attempts of
 * one sequence one commits at most, once (reliability C 7).
 */
public final class OneOutcome extends Heard {
  /**
   * How an attempt ended.
   *
   * @param timestamp of the commit; 0 if it was aborted
   */
  private record Decision(boolean committed, long timestamp) {}

  private final Map<TxnId, Decision> decisions = new LinkedHashMap<>();
  private final Map<TxnId, TxnId> committed = new LinkedHashMap<>();
  private final Map<GroupId, Long> reached = new TreeMap<>();

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    if (entry.index() <= reached.getOrDefault(place.group(), 0L)) {
      return;
    }
    reached.put(place.group(), entry.index());
    GroupEntry body = GroupEntries.decode(entry.payload().toByteArray());
    switch (body.getBodyCase()) {
      case COMMITTED -> {
        CommittedEntry commit = body.getCommitted();
        TxnId id = Protos.txn(commit.getTxn());
        if (decisions.containsKey(id)) {
          breach("%s: %s commits, it has ended before: %s", place, id, decisions.get(id));
        }
        decide(place, id, new Decision(true, commit.getTimestampNanos()));
      }
      case OUTCOME -> {
        OutcomeEntry outcome = body.getOutcome();
        long timestamp = outcome.getCommitted() ? outcome.getTimestampNanos() : 0;
        decide(
            place, Protos.txn(outcome.getTxn()), new Decision(outcome.getCommitted(), timestamp));
      }
      case REFUSED -> {
        RefusedEntry refused = body.getRefused();
        TxnId id =
            new TxnId(
                refused.getSessionHigh(),
                refused.getSessionLow(),
                refused.getSequence(),
                Math.max(1, refused.getAttempt()));
        if (refused.getAttempt() != 0) {
          decide(place, id, new Decision(false, 0));
        }
      }
      case PREPARED, PART, HORIZON, INGEST, BODY_NOT_SET -> {
        // decide nothing
      }
    }
  }

  private void decide(Place place, TxnId id, Decision decision) {
    Decision before = decisions.putIfAbsent(id, decision);
    if (before != null && !before.equals(decision)) {
      breach("%s: %s ends with %s, elsewhere with %s", place, id, decision, before);
    }
    if (decision.committed) {
      TxnId first = new TxnId(id.sessionHigh(), id.sessionLow(), id.sequence(), 1);
      TxnId other = committed.putIfAbsent(first, id);
      if (other != null && !other.equals(id)) {
        breach("%s: %s commits, and so does %s", place, id, other);
      }
    }
  }
}
