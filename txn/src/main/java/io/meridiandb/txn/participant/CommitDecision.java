package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import java.util.List;

/**
 * How a transaction of several groups ends, as a pure function of what its participants have logged
 * (protocol C3, G8). Gateways, recoveries and later leaders all evaluate it and so cannot differ:
 * nothing else ever decides.
 */
public final class CommitDecision {
  private CommitDecision() {}

  /** What a participant's log holds of the transaction; the first of the two stands for ever. */
  public sealed interface Vote {
    /**
     * It is prepared.
     *
     * @param prepared p: assigned at append, greater than every timestamp this group promised
     * @param leaseEnd until when the leader that voted was sure to lead: nobody writes below it
     *     what the transaction has read here, even if the locks die with the leader
     * @param schemaUntil the first moment at which the schema that was checked may not hold any
     *     more
     */
    record Prepared(Timestamp prepared, Timestamp leaseEnd, Timestamp schemaUntil)
        implements Vote {}

    /** It never will be. */
    record Refused() implements Vote {}
  }

  /** The end. */
  public sealed interface Decision {
    /** Committed at {@code timestamp}. */
    record Commit(Timestamp timestamp) implements Decision {}

    /** Aborted. */
    record Abort() implements Decision {}
  }

  /**
   * Decides.
   *
   * @param votes one of each participant, reading ones included; all of them chosen in their logs
   */
  public static Decision decide(List<Vote> votes) {
    Invariants.check(!votes.isEmpty(), "a transaction without participants");
    Timestamp commit = Timestamp.MIN;
    Timestamp leaseEnd = Timestamp.MAX;
    Timestamp schemaUntil = Timestamp.MAX;
    for (Vote vote : votes) {
      switch (vote) {
        case Vote.Refused() -> {
          return new Decision.Abort();
        }
        case Vote.Prepared prepared -> {
          commit = Timestamp.max(commit, prepared.prepared());
          leaseEnd = Timestamp.min(leaseEnd, prepared.leaseEnd());
          schemaUntil = Timestamp.min(schemaUntil, prepared.schemaUntil());
        }
      }
    }
    boolean holds = !commit.isAfter(leaseEnd) && commit.isBefore(schemaUntil);
    return holds ? new Decision.Commit(commit) : new Decision.Abort();
  }
}
