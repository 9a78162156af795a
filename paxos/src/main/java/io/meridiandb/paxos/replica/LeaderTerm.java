package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;

/**
 * One reign of one leader.
 *
 * @param ballot names the term; part of every lock grant and vote of it (the lock epoch)
 * @param startIndex the index of its {@code LEADER_START}
 * @param floor every timestamp of the term is above this
 */
public record LeaderTerm(Ballot ballot, long startIndex, Timestamp floor) {}
