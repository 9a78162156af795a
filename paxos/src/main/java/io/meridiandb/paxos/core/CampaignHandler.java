package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.Fetch;
import io.meridiandb.paxos.core.PaxosMessage.LogState;
import io.meridiandb.paxos.core.PaxosMessage.PreVote;
import io.meridiandb.paxos.core.PaxosMessage.PreVoteReply;
import io.meridiandb.paxos.core.PaxosMessage.Prepare;
import io.meridiandb.paxos.core.PaxosMessage.Promise;
import io.meridiandb.paxos.core.PaxosMessage.Refusal;
import io.meridiandb.paxos.core.PaxosMessage.Suffix;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Candidate.Phase;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.lease.Vote;
import io.meridiandb.paxos.log.LogRecord;
import java.util.Map;

/** The way from follower to leader (phase 1 of Paxos; protocol C1, G5, G9). */
final class CampaignHandler {
  private final CoreState s;
  private final RoleTransitions roles;

  CampaignHandler(CoreState state, RoleTransitions roles) {
    this.s = state;
    this.roles = roles;
  }

  void tickFollower(Follower follower) {
    repeatRelease();
    if (!s.voter.wouldPromise(s.group(), s.setting.self(), s.now)) {
      follower.campaignAt = null;
      return;
    }
    Timestamp at = follower.campaignAt;
    if (at == null) {
      follower.campaignAt = s.campaignTime();
    } else if (s.passed(at)) {
      start();
    }
  }

  /** A release may have been lost; once its target had its chance, anybody may be elected. */
  private void repeatRelease() {
    Ballot ballot = s.lastRelease.ballot();
    if (ballot.equals(s.voter.promised(s.group()))
        && !ballot.equals(Ballot.ZERO)
        && s.passed(s.releaseAgainAt)) {
      roles.giveUp(ballot, null, s.lastRelease.sMax());
    }
  }

  private void start() {
    Candidate candidate = roles.becomeCandidate();
    candidate.highestSeen = s.voter.promised(s.group());
    candidate.willing.add(s.self());
    s.sendToOthers(new PreVote(s.setting.self().incarnation()));
    countWilling(candidate);
  }

  /** A RELEASE named this server: no need to ask beforehand. */
  void startAtOnce() {
    Candidate candidate = roles.becomeCandidate();
    candidate.highestSeen = s.voter.promised(s.group());
    campaign(candidate);
  }

  void onPreVoteReply(ServerId from, PreVoteReply message) {
    if (s.role instanceof Candidate candidate && candidate.phase == Phase.PRE_VOTE) {
      candidate.highestSeen = Ballot.max(candidate.highestSeen, message.promised());
      if (message.yes()) {
        candidate.willing.add(from);
        countWilling(candidate);
      }
    }
  }

  private void countWilling(Candidate candidate) {
    if (s.setting.quorum().reachedBy(candidate.willing::contains)) {
      campaign(candidate);
    }
  }

  /** The own promise first, durable before anybody hears of the ballot. */
  private void campaign(Candidate candidate) {
    Ballot ballot =
        new Ballot(candidate.highestSeen.round() + 1, s.self(), s.setting.self().incarnation());
    if (s.voter.vote(s.group(), ballot, s.now) instanceof Vote.Granted granted) {
      s.persist(new LogRecord.Promise(s.group(), ballot));
      candidate.ballot = ballot;
      candidate.phase = Phase.OWN_PROMISE;
      candidate.promises.put(
          s.self(), new Promise(ballot, s.logState(), granted.counter(), granted.released()));
    } else {
      roles.becomeFollower(null);
    }
  }

  void onDurable(Candidate candidate, DurablePoint point) {
    if (candidate.phase == Phase.OWN_PROMISE && point.promised().equals(candidate.ballot)) {
      candidate.phase = Phase.PREPARE;
      s.sendToOthers(new Prepare(candidate.ballot));
      countPromises(candidate);
    }
  }

  void onPromise(ServerId from, Promise message) {
    if (s.role instanceof Candidate candidate
        && candidate.phase == Phase.PREPARE
        && candidate.ballot.equals(message.ballot())) {
      candidate.promises.put(from, message);
      countPromises(candidate);
    }
  }

  void onRefusal(Refusal message) {
    if (s.role instanceof Candidate candidate && candidate.ballot.equals(message.ballot())) {
      candidate.highestSeen = Ballot.max(candidate.highestSeen, message.promised());
    }
  }

  private void countPromises(Candidate candidate) {
    if (!s.setting.quorum().reachedBy(candidate.promises::containsKey)) {
      return;
    }
    LogState best = s.logState();
    ServerId source = null;
    for (Map.Entry<ServerId, Promise> promise : candidate.promises.entrySet()) {
      LogState log = promise.getValue().log();
      if (!promise.getKey().equals(s.self()) && log.isBetterThan(best)) {
        best = log;
        source = promise.getKey();
      }
    }
    candidate.source = source;
    candidate.wanted = best;
    if (source == null) {
      roles.becomeLeader(candidate);
    } else if (best.lastIndex() <= s.commit) {
      // All of the best log is chosen and held here: what follows here is of a worse one.
      s.cutSuffixAndPersist(s.commit);
      candidate.source = null;
      roles.becomeLeader(candidate);
    } else {
      candidate.phase = Phase.FETCH;
      s.send(source, new Fetch(candidate.ballot, s.commit + 1));
    }
  }

  void onSuffix(ServerId from, Suffix message) {
    if (!(s.role instanceof Candidate candidate)
        || candidate.phase != Phase.FETCH
        || !candidate.ballot.equals(message.ballot())
        || !from.equals(candidate.source)) {
      return;
    }
    if (message.entries().isEmpty()) {
      s.signal(new Signal.InstallNeeded(s.self()));
      roles.giveUp(candidate.ballot, null, Timestamp.MIN);
      return;
    }
    FollowerLog.learn(s, message.entries(), candidate.wanted.commitIndex());
    for (LogEntry entry : message.entries()) {
      if (entry.index() > s.commit && entry.index() == nextWanted(candidate)) {
        candidate.fetched.add(entry);
      }
    }
    if (nextWanted(candidate) > candidate.wanted.lastIndex()) {
      finishFetch(candidate);
    } else {
      candidate.retryAt = s.retryTime();
      s.send(from, new Fetch(candidate.ballot, nextWanted(candidate)));
    }
  }

  /** Everything is here; what stands beyond it in the own log is not of the best log. */
  private void finishFetch(Candidate candidate) {
    s.cutSuffixAndPersist(
        candidate.fetched.isEmpty()
            ? s.commit
            : Math.min(s.log.lastIndex(), candidate.wanted.lastIndex()));
    roles.becomeLeader(candidate);
  }

  private long nextWanted(Candidate candidate) {
    return candidate.fetched.isEmpty() ? s.commit + 1 : candidate.fetched.getLast().index() + 1;
  }

  void tickCandidate(Candidate candidate) {
    if (s.passed(candidate.giveUpAt)) {
      if (candidate.phase == Phase.PRE_VOTE) {
        roles.becomeFollower(null);
      } else {
        roles.giveUp(candidate.ballot, null, Timestamp.MIN);
      }
      return;
    }
    if (!s.passed(candidate.retryAt)) {
      return;
    }
    candidate.retryAt = s.retryTime();
    switch (candidate.phase) {
      case PRE_VOTE -> s.sendToOthers(new PreVote(s.setting.self().incarnation()));
      case OWN_PROMISE -> {} // the log will answer
      case PREPARE -> s.sendToOthers(new Prepare(candidate.ballot));
      case FETCH -> {
        ServerId source = candidate.source;
        if (source != null) {
          s.send(source, new Fetch(candidate.ballot, nextWanted(candidate)));
        }
      }
    }
  }
}
