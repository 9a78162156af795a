package io.meridiandb.txn.participant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.TxnId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Ends a transaction of several groups whose gateway has fallen silent: asks all participants for
 * their votes and evaluates {@link CommitDecision}, or, in explicit mode, asks the anchor; tells
 * everybody (protocol C3, G21, G22). Whoever runs it, and however many do at once, comes to the
 * same end.
 */
public interface Recovery {
  /** Nobody ends them: they wait for their gateways. */
  Recovery NONE = request -> CompletableFuture.completedFuture(null);

  /**
   * A transaction to be ended.
   *
   * @param id the attempt
   * @param anchor the group whose record stands for the outcome
   * @param participants all groups, reading ones and the anchor included; of an explicit one, where
   *     that is not known: the group that wants to know
   * @param commitStart when its commit began (protocol G13)
   * @param mode who decides
   */
  record RecoveryRequest(
      TxnId id,
      GroupId anchor,
      List<GroupId> participants,
      Timestamp commitStart,
      CommitMode mode) {
    public RecoveryRequest {
      participants = List.copyOf(participants);
    }

    /** Of implied mode. */
    public RecoveryRequest(
        TxnId id, GroupId anchor, List<GroupId> participants, Timestamp commitStart) {
      this(id, anchor, participants, commitStart, CommitMode.IMPLIED);
    }

    /** Whose answers decide. */
    public List<GroupId> deciders() {
      return mode == CommitMode.EXPLICIT ? List.of(anchor) : participants;
    }

    /** Whether other groups may ask the one that has this how it ended. */
    boolean othersAsk() {
      return mode == CommitMode.IMPLIED || participants.size() > 1;
    }
  }

  /**
   * Begins to end it; does not wait, and may be called on any strand.
   *
   * @return completes, on any thread, when this run is over, whether it came to an end or not: who
   *     still waits asks again later; fails only if it could not be begun
   */
  CompletableFuture<Void> recover(RecoveryRequest request);
}
