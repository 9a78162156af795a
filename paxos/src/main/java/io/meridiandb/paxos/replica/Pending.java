package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What a leader was asked for and has not answered yet. */
final class Pending {
  private final GroupId group;
  private final TreeMap<Long, Proposal> proposals = new TreeMap<>();
  private final Map<ReplicaSet, CompletableFuture<Void>> changes = new LinkedHashMap<>();

  Pending(GroupId group) {
    this.group = group;
  }

  Proposal proposed(LogEntry entry) {
    Proposal proposal =
        new Proposal(entry.ballot(), entry.index(), entry.timestamp(), new CompletableFuture<>());
    proposals.put(entry.index(), proposal);
    return proposal;
  }

  /** The entry at this place is chosen and applied; it may be another leader's. */
  void applied(LogEntry entry) {
    Proposal proposal = proposals.remove(entry.index());
    if (proposal == null) {
      return;
    }
    if (proposal.timestamp().equals(entry.timestamp())) {
      proposal.chosen().complete(entry.index());
    } else {
      proposal.chosen().completeExceptionally(new LeadershipLostException(group, entry.index()));
    }
  }

  /** A change of members; one that is under way already is the same. */
  CompletableFuture<Void> change(ReplicaSet target) {
    return changes.computeIfAbsent(target, t -> new CompletableFuture<>());
  }

  void changed(ReplicaSet target) {
    CompletableFuture<Void> change = changes.remove(target);
    if (change != null) {
      change.complete(null);
    }
  }

  void refused(ReplicaSet target, String reason) {
    CompletableFuture<Void> change = changes.remove(target);
    if (change != null) {
      change.completeExceptionally(
          new IllegalStateException(
              "the members of %s do not become %s: %s".formatted(group, target, reason)));
    }
  }

  /** What becomes of the proposals is unknown; a change that has begun may go on elsewhere. */
  void leadershipLost() {
    List<Proposal> unknown = new ArrayList<>(proposals.values());
    proposals.clear();
    List<CompletableFuture<Void>> open = new ArrayList<>(changes.values());
    changes.clear();
    for (Proposal proposal : unknown) {
      proposal.chosen().completeExceptionally(new LeadershipLostException(group, proposal.index()));
    }
    open.forEach(change ->
        change.completeExceptionally(
            new LeadershipLostException(group, "the change of its members did")));
  }
}
