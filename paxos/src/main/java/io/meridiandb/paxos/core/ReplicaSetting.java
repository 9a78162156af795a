package io.meridiandb.paxos.core;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.paxos.membership.Quorum;
import io.meridiandb.paxos.membership.ReplicaSet;

/**
 * What a replica is made with.
 *
 * @param initial the members, if the log knows none
 * @param holdsData whether there is a state machine; a witness has none
 * @param config time constants
 * @param preference how eager it is to lead
 * @param random for the wait before a campaign
 * @param checkpointIndex up to where the state machine has its state already
 */
public record ReplicaSetting(
    ReplicaSet initial,
    boolean holdsData,
    PaxosConfig config,
    PaxosConfig.LeaderPreference preference,
    RandomSource random,
    long checkpointIndex) {

  /** A full replica among the voters of {@code quorum}. */
  public ReplicaSetting(
      Quorum quorum,
      PaxosConfig config,
      PaxosConfig.LeaderPreference preference,
      RandomSource random,
      long checkpointIndex) {
    this(ReplicaSet.ofFull(quorum.voters()), true, config, preference, random, checkpointIndex);
  }
}
