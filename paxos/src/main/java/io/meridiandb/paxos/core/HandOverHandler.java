package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.core.PaxosMessage.Release;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.lease.Readiness;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Planned hand-overs at the leader: when it stops to append, and in whose favour (protocol G7).
 *
 * <p>Nobody leads from the stop of appends until the target is elected, so a leader goes on until
 * there is one that can be elected at once: up, close behind, not about to end, and not silent
 * because it has just started (protocol G2). A silent target would sit on the release until its
 * silence is over: up to a lease.
 */
final class HandOverHandler {
  /** A leader that leaves, and sees nobody who can lead at once, waits for one so long at most. */
  static final Duration WAIT_MAX = Duration.ofSeconds(2);

  /** A follower that lacks no more entries than this can take over at once. */
  private static final int CLOSE_ENTRIES = 64;

  /** A leader that is wanted elsewhere, but is always elected again, waits no longer than this. */
  private static final Duration PREFER_AFTER_MAX = Duration.ofMinutes(5);

  private final CoreState s;
  private final RoleTransitions roles;

  HandOverHandler(CoreState state, RoleTransitions roles) {
    this.s = state;
    this.roles = roles;
  }

  /**
   * The leader is to leave, in favour of {@code wanted} if that is a full member, else of the one
   * that is best placed.
   */
  void leave(Leader leader, @Nullable ServerId wanted) {
    if (leader.leavesBy == null) {
      leader.leavesBy = s.now.latest().plus(WAIT_MAX);
      leader.successor =
          wanted != null && s.members().target().full().contains(wanted) ? wanted : null;
    }
  }

  /**
   * After every step: stops appending as soon as somebody can take over, ends when all is chosen.
   */
  void settle(Leader leader) {
    if (s.voter.leaving()) {
      leave(leader, null);
    }
    Timestamp by = leader.leavesBy;
    if (by != null && !leader.handingOver) {
      List<FollowerProgress> others = candidates(leader);
      FollowerProgress able = best(others.stream().filter(this::ableToLead).toList());
      if (able != null) {
        begin(leader, able.server);
      } else if (s.passed(by) || (leader.serving && others.stream().noneMatch(this::maySoonLead))) {
        FollowerProgress likely = best(others.stream().filter(this::staysOn).toList());
        begin(leader, likely == null ? null : likely.server);
      }
    }
    if (leader.handingOver && s.commit == s.log.lastIndex()) {
      s.signal(new Signal.Drained(leader.successor));
    }
  }

  private void begin(Leader leader, @Nullable ServerId target) {
    leader.handingOver = true;
    leader.successor = target;
    s.signal(new Signal.HandingOver(target));
  }

  /** The full members besides, or the one that is wanted. */
  private List<FollowerProgress> candidates(Leader leader) {
    ServerId wanted = leader.successor;
    return leader.followers.values().stream()
        .filter(each -> s.members().target().full().contains(each.server))
        .filter(each -> wanted == null || each.server.equals(wanted))
        .toList();
  }

  /** Where leaders are wanted most; of those the one whose log reaches furthest. */
  private @Nullable FollowerProgress best(List<FollowerProgress> able) {
    FollowerProgress best = null;
    for (FollowerProgress each : able) {
      if (best == null || rank(each, best) < 0) {
        best = each;
      }
    }
    return best;
  }

  private int rank(FollowerProgress a, FollowerProgress b) {
    int place = s.preference.delay(a.server).compareTo(s.preference.delay(b.server));
    return place != 0 ? place : Long.compare(b.acked, a.acked);
  }

  private boolean ableToLead(FollowerProgress follower) {
    return up(follower)
        && s.holder.readiness(follower.server) == Readiness.READY
        && follower.synced
        && follower.applied != PaxosMessage.Accepted.NO_DATA
        && follower.acked + CLOSE_ENTRIES >= s.log.lastIndex();
  }

  /** Also who follows, but has not answered for a lease since it has started. */
  private boolean maySoonLead(FollowerProgress follower) {
    boolean fresh = follower.synced && !s.holder.heard(follower.server);
    return staysOn(follower) && (fresh || up(follower));
  }

  private boolean staysOn(FollowerProgress follower) {
    return s.holder.readiness(follower.server) != Readiness.LEAVING;
  }

  /** It has given a lease not long ago. */
  private boolean up(FollowerProgress follower) {
    Timestamp lease = s.holder.from(follower.server);
    Timestamp recent = s.now.latest().plus(s.setting.config().lease().length().dividedBy(2));
    return lease != null && lease.isAfter(recent);
  }

  /**
   * Hands over to a full member in a better place that can lead at once. If the leadership comes
   * back it waits twice as long before it tries again.
   */
  void prefer(Leader leader) {
    if (!leader.serving || leader.leavesBy != null || leader.handingOver || leader.change != null) {
      return;
    }
    Timestamp at = leader.preferAt;
    if (at == null) {
      leader.preferAt = s.now.earliest().plus(s.preferAfter);
    } else if (s.passed(at) && s.elections) {
      leader.preferAt = s.retryTime();
      FollowerProgress better =
          best(candidates(leader).stream().filter(this::inABetterPlace).toList());
      if (better != null) {
        begin(leader, better.server);
        if (s.preferAfter.compareTo(PREFER_AFTER_MAX) < 0) {
          s.preferAfter = s.preferAfter.multipliedBy(2);
        }
      }
    }
  }

  private boolean inABetterPlace(FollowerProgress follower) {
    Duration here = s.preference.delay(s.self());
    return s.preference.delay(follower.server).compareTo(here) < 0 && ableToLead(follower);
  }

  /** The leader has stopped: its ballot is free for its successor, or for anybody. */
  void resign(Leader leader, PaxosInput.Resign input) {
    roles.giveUp(new Release(leader.ballot, input.target(), input.sMax(), input.state()));
  }

  /** Whom the ballot was released to cannot take it: anybody may, and need not wait for that. */
  void onDeclined(ServerId from, PaxosMessage.Refusal message) {
    Release last = s.lastRelease;
    boolean still = last.ballot().equals(s.voter.promised(s.group()));
    if (still && last.ballot().equals(message.ballot()) && from.equals(last.target())) {
      roles.giveUp(last.ballot(), last.sMax());
    }
  }
}
