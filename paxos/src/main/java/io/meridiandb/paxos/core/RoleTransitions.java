package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.Promise;
import io.meridiandb.paxos.core.PaxosMessage.Release;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.log.LogRecord;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All changes of role; the table stands in {@link Role}. */
final class RoleTransitions {
  private final CoreState s;

  RoleTransitions(CoreState state) {
    this.s = state;
  }

  void becomeFollower(@Nullable ServerId leader) {
    if (s.role instanceof Leader old) {
      s.holder.unlead(s.group());
      s.signal(new Signal.Stopped(old.ballot));
    }
    s.shipped = null;
    Follower follower = new Follower();
    follower.leader = leader;
    s.role = follower;
  }

  Candidate becomeCandidate() {
    Invariants.check(!(s.role instanceof Leader), "a leader does not campaign");
    Candidate candidate = new Candidate(s.retryTime(), s.now.earliest().plus(s.patience));
    candidate.begun = s.now.latest();
    s.role = candidate;
    return candidate;
  }

  /**
   * The own voter may have moved: a candidate or leader of a lower ballot stops at once and stamps
   * nothing any more (protocol G5, attack 45).
   */
  void afterOwnVoterMoved(@Nullable ServerId leader) {
    Ballot promised = s.voter.promised(s.group());
    Ballot own =
        switch (s.role) {
          case Follower follower -> promised;
          case Candidate candidate ->
              candidate.phase == Candidate.Phase.PRE_VOTE ? promised : candidate.ballot;
          case Leader led -> led.ballot;
        };
    if (promised.isAfter(own)) {
      becomeFollower(leader);
    }
  }

  /** The holder of the own {@code ballot} stops for good and says so (protocol G9). */
  void giveUp(Ballot ballot, Timestamp sMax) {
    giveUp(new Release(ballot, null, sMax));
  }

  /** The same, for a successor (protocol G7). */
  void giveUp(Release release) {
    becomeFollower(release.target());
    if (release.target() != null && s.role instanceof Follower follower) {
      follower.campaignAt = s.campaignTimeAfterAnother();
    }
    release(release);
  }

  /** Says that an own ballot is not used any more, from the next moment on. */
  void release(Release release) {
    Release toOthers = new Release(release.ballot(), release.target(), release.sMax());
    s.voter.release(s.group(), release.ballot(), release.target(), release.sMax());
    s.lastRelease = toOthers;
    s.releaseAgainAt = s.retryTime().plus(s.setting.config().retry());
    for (ServerId server : s.electorate()) {
      if (!server.equals(s.self())) {
        s.send(server, server.equals(release.target()) ? release : toOthers);
      }
    }
  }

  /** The best log of a majority stands at this replica now: stamp it, begin with LEADER_START. */
  void becomeLeader(Candidate won) {
    Ballot ballot = won.ballot;
    Invariants.check(
        s.voter.promised(s.group()).equals(ballot), "%s won after its voter moved", ballot);
    Inheritance inherited = inheritedBy(won);
    adopt(won, ballot);
    Timestamp floor = s.log.highestTimestamp();
    for (Promise promise : won.promises.values()) {
      floor = Timestamp.max(floor, promise.released());
    }
    long start = s.log.lastIndex() + 1;
    s.appendAndPersist(
        new LogEntry(start, ballot, EntryKind.LEADER_START, floor, ByteString.EMPTY));
    Leader leader = new Leader(ballot, start);
    leader.persistFrom = start + 1;
    leader.leaselessSince = s.now.latest();
    s.role = leader;
    s.holder.lead(s.group(), ballot, s.quorum());
    for (Map.Entry<ServerId, Promise> promise : won.promises.entrySet()) {
      s.holder.confirm(s.group(), ballot, promise.getKey(), promise.getValue().counter());
    }
    for (ServerId member : s.members().members()) {
      if (!member.equals(s.self())) {
        Promise promise = won.promises.get(member);
        FollowerProgress follower = new FollowerProgress(member);
        follower.nextIndex = (promise == null ? s.commit : promise.log().commitIndex()) + 1;
        leader.followers.put(member, follower);
      }
    }
    Signal.Campaign campaign =
        new Signal.Campaign(
            between(won.begun, won.prepared), between(won.prepared, s.now.latest()));
    s.signal(new Signal.Elected(ballot, start, floor, inherited, campaign));
    s.shipped = null;
  }

  private static Duration between(Timestamp from, Timestamp to) {
    return Duration.ofNanos(Math.max(0, to.nanos() - from.nanos()));
  }

  /**
   * What was shipped counts only if nobody has led since: a leader serves once its LEADER_START is
   * chosen, and then some log of any majority carries its ballot (protocol G4, G7).
   */
  private @Nullable Inheritance inheritedBy(Candidate won) {
    Inheritance shipped = s.shipped;
    if (shipped == null) {
      return null;
    }
    Ballot last = s.log.lastBallot();
    for (Promise promise : won.promises.values()) {
      last = Ballot.max(last, promise.log().lastBallot());
    }
    return last.equals(shipped.ballot()) ? shipped : null;
  }

  /** Whole-log adoption: what is not known to be chosen carries the new ballot from now on. */
  private void adopt(Candidate won, Ballot ballot) {
    FollowerLog.overwrite(s, won.fetched, ballot);
    if (won.source == null && s.log.lastIndex() > s.commit) {
      long from = s.commit + 1;
      s.log.restamp(from, s.log.lastIndex(), ballot);
      s.persist(new LogRecord.Restamp(s.group(), ballot, from, s.log.lastIndex()));
    }
  }
}
