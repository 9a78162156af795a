package io.meridiandb.paxos.replica;

import io.meridiandb.paxos.LogEntry;

/**
 * What a group replicates; the owner of the data implements it. All calls come on the server
 * strand.
 */
public interface StateMachine {
  /**
   * Asked once, at start: the index up to which the state survived the restart by itself. Entries
   * above it that are known to be chosen are applied again.
   */
  long checkpointIndex();

  /**
   * A command was chosen. Calls come in the order of the log, once for each command, on every
   * replica, with the same entries everywhere. Must not block.
   *
   * @param entry of kind {@code COMMAND}; its timestamp is higher than those of all before it
   */
  void apply(LogEntry entry);

  /**
   * The replica leads now: {@code LEADER_START} is chosen, it and all before it are applied, and
   * the lease is held (protocol G4). Locks may be granted and reads served while {@link
   * Replica#leaseValidNow()} holds.
   */
  void becameLeader(LeaderTerm term);

  /**
   * The replica leads no longer; all locks of the term are void. Proposals whose fate is unknown
   * fail after this call. Called only after {@link #becameLeader}.
   */
  void stepDown();

  /**
   * This replica is so far behind that the others no longer hold the entries it lacks: it needs
   * another replica's checkpoint.
   *
   * @param appliedIndex the last entry it has
   */
  default void installNeeded(long appliedIndex) {}
}
