package io.meridiandb.paxos.core;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.paxos.membership.Quorum;

/**
 * What a replica is made with.
 *
 * @param quorum who votes
 * @param config time constants
 * @param preference how eager it is to lead
 * @param random for the wait before a campaign
 * @param checkpointIndex up to where the state machine has its state already
 */
public record ReplicaSetting(
    Quorum quorum,
    PaxosConfig config,
    PaxosConfig.LeaderPreference preference,
    RandomSource random,
    long checkpointIndex) {}
