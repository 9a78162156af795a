package io.meridiandb.paxos.core;

import io.meridiandb.paxos.Ballot;

/**
 * The state that is durable once a batch is: what was promised, under which ballot the log stands,
 * and its last index.
 */
public record DurablePoint(Ballot promised, Ballot lastBallot, long lastIndex) {}
