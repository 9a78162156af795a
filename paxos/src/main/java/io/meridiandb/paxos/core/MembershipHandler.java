package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.Accepted;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.membership.ReplicaSet.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Changes of members at the leader (protocol C1, G6, G26).
 *
 * <pre>
 * asked       new members follow without a vote until they have caught up; nothing is in the log
 * joint       both sets must agree; appended once LEADER_START is chosen and nothing else is under
 *             way. Skipped if the voters stay the same
 * new         the target alone; appended only when joint is chosen, by whoever leads then
 * done        the target is chosen, and enough of its voters will remember that
 * </pre>
 */
final class MembershipHandler {
  /** A new member has caught up when it lacks at most so many entries. */
  static final int LAG_ENTRIES_MAX = 256;

  /** How many leases new members may take to catch up. */
  private static final int CATCH_UP_LEASES = 100;

  private final CoreState s;
  private final HandOverHandler handOvers;

  MembershipHandler(CoreState state, HandOverHandler handOvers) {
    this.s = state;
    this.handOvers = handOvers;
  }

  /** Somebody wants {@code target} to be the members. */
  void change(Leader leader, ReplicaSet target) {
    MemberChange before = leader.change;
    Configuration now = s.members();
    boolean same = before != null && before.target().equals(target);
    if (same || (now.joint() && now.target().equals(target))) {
      return; // it is under way
    }
    if (before != null || now.joint()) {
      ReplicaSet other = before == null ? now.target() : before.target();
      s.signal(new Signal.ChangeFailed(target, "a change to " + other + " is under way"));
      return;
    }
    int leases = CATCH_UP_LEASES;
    Timestamp giveUpAt =
        s.now.earliest().plus(s.setting.config().lease().length().multipliedBy(leases));
    leader.change = new MemberChange(target, giveUpAt);
    for (ServerId server : target.all()) {
      if (!server.equals(s.self()) && !leader.followers.containsKey(server)) {
        follow(leader, server);
      }
    }
    advance(leader);
  }

  private void follow(Leader leader, ServerId server) {
    FollowerProgress follower = new FollowerProgress(server);
    follower.nextIndex = s.log.baseIndex() + 1;
    leader.followers.put(server, follower);
  }

  /** Takes the next step of a change, if its time has come. */
  void advance(Leader leader) {
    boolean stable = s.commit >= s.log.configurations().currentIndex();
    if (!leader.serving || !stable) {
      return;
    }
    Configuration now = s.members();
    MemberChange change = leader.change;
    if (now.joint()) {
      append(leader, Configuration.of(now.target()));
    } else if (change != null && now.target().equals(change.target())) {
      finish(leader, change);
    } else if (change != null && !leader.handingOver) {
      begin(leader, change, now.target());
    }
  }

  private void begin(Leader leader, MemberChange change, ReplicaSet before) {
    List<ServerId> late = new ArrayList<>();
    for (ServerId server : change.target().all()) {
      if (!ready(leader, server, change.target(), before)) {
        late.add(server);
      }
    }
    if (late.isEmpty()) {
      boolean sameVoters = before.voters().equals(change.target().voters());
      append(leader, new Configuration(change.target(), sameVoters ? null : before));
    } else if (s.passed(change.giveUpAt())) {
      leader.change = null;
      leader.followers.keySet().retainAll(s.members().members());
      s.signal(
          new Signal.ChangeFailed(
              change.target(), late + " did not catch up: is a replica open there?"));
    }
  }

  /** Whether a member of the target can do what it is to do there. */
  private boolean ready(Leader leader, ServerId server, ReplicaSet target, ReplicaSet before) {
    Kind was = before.kindOf(server);
    Kind willBe = target.kindOf(server);
    boolean knows = was == willBe || (was == Kind.FULL && willBe != null);
    FollowerProgress follower = leader.followers.get(server);
    if (knows || server.equals(s.self())) {
      return knows || willBe == Kind.WITNESS || s.applied() != Accepted.NO_DATA;
    }
    boolean hasLog =
        follower != null
            && follower.synced
            && follower.acked >= s.trim
            && follower.acked + LAG_ENTRIES_MAX >= s.log.lastIndex();
    // Who has become a witness gives its data up as it learns of that, not later: see StateMachine.
    boolean hasData =
        follower != null
            && follower.commitKnown >= s.log.configurations().currentIndex()
            && follower.applied != Accepted.NO_DATA
            && follower.applied + LAG_ENTRIES_MAX >= s.commit;
    return hasLog && (willBe == Kind.WITNESS || hasData);
  }

  /** In force at once, chosen or not. */
  private void append(Leader leader, Configuration next) {
    s.log.append(
        new LogEntry(
            s.log.lastIndex() + 1,
            leader.ballot,
            EntryKind.CONFIGURATION,
            s.log.highestTimestamp(),
            next.encode()));
    s.holder.requorum(s.group(), s.quorum());
    for (ServerId server : next.members()) {
      if (!server.equals(s.self()) && !leader.followers.containsKey(server)) {
        follow(leader, server);
      }
    }
  }

  /** Chosen. Those who left are told; it is done when a quorum would still know it tomorrow. */
  private void finish(Leader leader, MemberChange change) {
    if (remembered(leader)) {
      leader.change = null;
      s.signal(new Signal.ChangeDone(change.target()));
    }
  }

  private boolean remembered(Leader leader) {
    return s.quorum()
        .reachedBy(voter -> {
          FollowerProgress follower = leader.followers.get(voter);
          return follower == null
              ? voter.equals(s.self())
              : follower.commitKnown >= s.log.configurations().currentIndex();
        });
  }

  /**
   * Whether nobody needs the replica of {@code server}: it is no member, nobody wants it to be one,
   * and enough of those who are will remember that.
   */
  boolean dispensable(Leader leader, ServerId server) {
    return leader.serving
        && s.now.latest().isBefore(s.holder.leaseEnd(s.group()))
        && leader.change == null
        && !leader.followers.containsKey(server)
        && s.commit >= s.log.configurations().currentIndex()
        && !s.members().joint()
        && !s.members().members().contains(server)
        && remembered(leader);
  }

  /** After every step: those who left go, and a leader that may not lead any more hands over. */
  void settle(Leader leader) {
    long since = s.log.configurations().currentIndex();
    if (s.commit < since || s.members().joint()) {
      return;
    }
    SortedSet<ServerId> members = s.members().members();
    MemberChange change = leader.change;
    boolean gone =
        leader
            .followers
            .values()
            .removeIf(follower -> {
              boolean stays =
                  members.contains(follower.server)
                      || (change != null && change.target().all().contains(follower.server));
              if (stays) {
                follower.leavesAt = null;
                return false;
              }
              Timestamp leavesAt = follower.leavesAt;
              if (leavesAt == null) {
                follower.leavesAt = s.now.earliest().plus(s.setting.config().lease().length());
                leader.trimDue = true;
                return false;
              }
              return follower.commitKnown >= since || s.passed(leavesAt);
            });
    leader.trimDue |= gone;
    if (change == null && !s.members().full().contains(s.self())) {
      handOvers.leave(leader, null);
    }
  }

  /** Whether {@code server} has no data, and is not about to have any. */
  boolean isWitness(Leader leader, ServerId server) {
    MemberChange change = leader.change;
    Kind now = s.members().everybody().kindOf(server);
    return now == null
        ? change != null && change.target().kindOf(server) == Kind.WITNESS
        : now == Kind.WITNESS;
  }

  /**
   * Up to where logs may be forgotten: nobody who holds data needs more, and witnesses have the
   * rest. A leader whose log begins beyond what a witness has could not count on it: where else the
   * witness's log may begin depends on full replicas that may be gone. A witness keeps what any
   * full replica of any configuration still in force has not applied durably, however much it is.
   */
  void trim(Leader leader) {
    long trim = s.checkpoint;
    for (FollowerProgress follower : leader.followers.values()) {
      if (follower.leavesAt == null) {
        boolean witness = isWitness(leader, follower.server);
        long has =
            witness ? Math.max(follower.witnessed, follower.checkpoint) : follower.checkpoint;
        trim = Math.min(trim, has);
      }
    }
    s.trim = Math.max(s.trim, trim);
    leader.witnessTrim = Math.max(leader.witnessTrim, durableEverywhere(leader));
  }

  private long durableEverywhere(Leader leader) {
    SortedSet<ServerId> full = new TreeSet<>();
    s.log.configurations().from(s.commit).forEach(each -> full.addAll(each.full()));
    MemberChange change = leader.change;
    if (change != null) {
      full.addAll(change.target().full());
    }
    long durable = Long.MAX_VALUE;
    for (ServerId server : full) {
      FollowerProgress follower = leader.followers.get(server);
      if (server.equals(s.self())) {
        durable = Math.min(durable, s.checkpoint);
      } else {
        durable = Math.min(durable, follower == null ? 0 : follower.checkpoint);
      }
    }
    return durable;
  }

  /**
   * Where the log of a new witness may begin: entries up to there are durably applied by all full
   * replicas. Negative if this leader's own log does not reach back that far: it must wait.
   */
  long witnessStart(Leader leader) {
    long start = durableEverywhere(leader);
    return start >= s.log.baseIndex() ? start : -1;
  }
}
