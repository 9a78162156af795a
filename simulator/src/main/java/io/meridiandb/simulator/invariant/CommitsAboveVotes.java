package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.OutcomeEntry;
import io.meridiandb.txn.proto.PreparedEntry;
import io.meridiandb.txn.proto.Vote;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of several groups commits at or above every vote for it, within the leases under
 * which the votes were given (reliability C 6; protocol G8). That commits are acknowledged only
 * when they have passed is seen from the client's side, by every recorded workload.
 */
public final class CommitsAboveVotes extends Heard {
  private final Map<TxnId, Map<GroupId, Vote>> votes = new LinkedHashMap<>();
  private final Map<TxnId, Timestamp> commits = new LinkedHashMap<>();
  private final Map<GroupId, Long> reached = new TreeMap<>();

  @Override
  public void applied(Place place, LogEntry entry, @Nullable ReplicaSet members) {
    if (entry.index() <= reached.getOrDefault(place.group(), 0L)) {
      return;
    }
    reached.put(place.group(), entry.index());
    GroupEntry body = GroupEntries.decode(entry.payload().toByteArray());
    if (body.hasPrepared()) {
      PreparedEntry prepared = body.getPrepared();
      TxnId id = Protos.txn(prepared.getTxn());
      votes.computeIfAbsent(id, unused -> new TreeMap<>()).put(place.group(), prepared.getVote());
      compare(id);
    } else if (body.hasOutcome() && body.getOutcome().getCommitted()) {
      OutcomeEntry outcome = body.getOutcome();
      TxnId id = Protos.txn(outcome.getTxn());
      commits.put(id, new Timestamp(outcome.getTimestampNanos()));
      compare(id);
    }
  }

  private void compare(TxnId id) {
    Timestamp commit = commits.get(id);
    if (commit == null) {
      return;
    }
    votes
        .getOrDefault(id, new TreeMap<>())
        .forEach((group, vote) -> {
          boolean inside =
              commit.nanos() >= vote.getPreparedNanos()
                  && commit.nanos() <= vote.getLeaseEndNanos();
          if (!inside) {
            breach(
                "%s commits at %s; %s voted at %s, in a lease to %s",
                id,
                commit,
                group,
                new Timestamp(vote.getPreparedNanos()),
                new Timestamp(vote.getLeaseEndNanos()));
          }
        });
  }
}
