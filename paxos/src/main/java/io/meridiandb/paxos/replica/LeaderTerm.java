package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.Inheritance;
import org.jspecify.annotations.Nullable;

/**
 * One reign of one leader.
 *
 * @param ballot names the term; part of every lock grant and vote of it (the lock epoch)
 * @param startIndex the index of its {@code LEADER_START}
 * @param floor every timestamp of the term is above this
 * @param inherited what {@link StateMachine#handOver} of the term just before has given away; null
 *     if that term did not end by a hand-over to this replica. A request that names the ballot of
 *     that term may be honoured for what is in the state, and for nothing else: the old leader may
 *     have refused it, and its refusal is final (protocol G7, attack 11)
 */
public record LeaderTerm(
    Ballot ballot, long startIndex, Timestamp floor, @Nullable Inheritance inherited) {
  /** A term that inherits nothing. */
  public LeaderTerm(Ballot ballot, long startIndex, Timestamp floor) {
    this(ballot, startIndex, floor, null);
  }

  /** The same with all timestamps above {@code higher}. */
  LeaderTerm above(Timestamp higher) {
    return new LeaderTerm(ballot, startIndex, higher, inherited);
  }
}
