package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.core.Role.Leader;
import java.util.SortedSet;

/**
 * Until when ticks would change nothing, if nothing else happens to this replica: a server has many
 * groups in which nothing happens, and looks at these once a lease and not at every tick.
 *
 * <p>Whatever says "now" here costs a step that does nothing; whatever says "later" must be true
 * until then for all that other groups of the server may do to what is shared: a lease that binds
 * the own voter is only ever made longer, and the leases held are made shorter only by what {@link
 * io.meridiandb.paxos.lease.LeaseHolder#unconfirmations} counts.
 */
final class QuietHandler {
  private static final Timestamp NOW = Timestamp.MIN;

  private final CoreState s;

  QuietHandler(CoreState state) {
    s = state;
  }

  /** No tick is needed before this; {@link Timestamp#MIN} if the next one is. */
  Timestamp until() {
    if (!s.inquiries.isEmpty()) {
      return NOW;
    }
    Timestamp until =
        switch (s.role) {
          case Follower follower -> follower(follower);
          case Candidate candidate -> NOW;
          case Leader leader -> leader(leader);
        };
    return Timestamp.min(until, s.now.latest().plus(s.setting.config().lease().length()));
  }

  /** Bound to a leader, or never to campaign. */
  private Timestamp follower(Follower follower) {
    Timestamp inquireAt = s.inquireAt;
    if (follower.campaignAt != null || inquireAt == null) {
      return NOW;
    }
    Timestamp until = inquireAt;
    Ballot released = s.lastRelease.ballot();
    if (!released.equals(Ballot.ZERO) && released.equals(s.voter.promised(s.group()))) {
      until = Timestamp.min(until, s.releaseAgainAt);
    }
    return s.mayLead()
        ? Timestamp.min(until, s.voter.boundUntil(s.group(), s.setting.self(), s.now))
        : until;
  }

  /** Serves under a lease, is wanted nowhere else, and all followers know all. */
  private Timestamp leader(Leader leader) {
    Timestamp preferAt = leader.preferAt;
    boolean settled =
        leader.serving
            && !leader.handingOver
            && leader.leavesBy == null
            && !leader.trimDue
            && leader.change == null
            && leader.leaselessSince == null
            && !s.members().joint()
            && s.commit == s.log.lastIndex();
    if (!settled || preferAt == null) {
      return NOW;
    }
    SortedSet<ServerId> unconfirmed = s.holder.unconfirmed(s.group());
    Timestamp until = s.holder.leaseEnd(s.group());
    for (FollowerProgress follower : leader.followers.values()) {
      if (follower.synced && unconfirmed.contains(follower.server)) {
        return NOW;
      }
      boolean told =
          follower.synced
              && follower.leavesAt == null
              && follower.acked + 1 == follower.nextIndex
              && follower.nextIndex > s.log.lastIndex()
              && follower.commitSent >= s.commit
              && follower.commitKnown >= s.commit;
      if (!told) {
        until = Timestamp.min(until, follower.retryAt);
      }
      Timestamp leavesAt = follower.leavesAt;
      if (leavesAt != null) {
        until = Timestamp.min(until, leavesAt); // then it is forgotten, and logs may be cut
      }
      if (s.preference.delay(follower.server).compareTo(s.preference.delay(s.self())) < 0) {
        until = Timestamp.min(until, preferAt);
      }
    }
    return until;
  }
}
