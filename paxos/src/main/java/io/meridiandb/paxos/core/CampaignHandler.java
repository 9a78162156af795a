package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.Fetch;
import io.meridiandb.paxos.core.PaxosMessage.LogState;
import io.meridiandb.paxos.core.PaxosMessage.PreVote;
import io.meridiandb.paxos.core.PaxosMessage.PreVoteReply;
import io.meridiandb.paxos.core.PaxosMessage.Prepare;
import io.meridiandb.paxos.core.PaxosMessage.Promise;
import io.meridiandb.paxos.core.PaxosMessage.Refusal;
import io.meridiandb.paxos.core.PaxosMessage.Release;
import io.meridiandb.paxos.core.PaxosMessage.Suffix;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Candidate.Phase;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.lease.Vote;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/** The way from follower to leader (phase 1 of Paxos; protocol C1, G5, G9). */
final class CampaignHandler {
  private final CoreState s;
  private final RoleTransitions roles;
  private final MembersNewsHandler news;

  CampaignHandler(CoreState state, RoleTransitions roles, MembersNewsHandler news) {
    this.s = state;
    this.roles = roles;
    this.news = news;
  }

  void tickFollower(Follower follower) {
    repeatRelease();
    if (!s.mayLead() || !s.voter.wouldPromise(s.group(), s.setting.self(), s.now)) {
      follower.campaignAt = null;
      inquireRarely();
      return;
    }
    Timestamp at = follower.campaignAt;
    if (at == null) {
      follower.campaignAt = s.campaignTime();
    } else if (s.passed(at) && s.elections) {
      start();
    }
  }

  /**
   * If all others are bound like this voter, nobody asks for votes, and only this shows that those
   * whom they are bound to do not lead. Who is not bound and never campaigns may have been removed.
   */
  private void inquireRarely() {
    Timestamp at = s.inquireAt;
    if (at != null && s.passed(at)) {
      s.inquire();
      if (news.left() || s.voter.wouldPromise(s.group(), s.setting.self(), s.now)) {
        news.askInTurn();
      }
    }
    if (at == null || s.passed(at)) {
      s.inquireLater();
    }
  }

  /** A release may have been lost; once its target had its chance, anybody may be elected. */
  private void repeatRelease() {
    Ballot ballot = s.lastRelease.ballot();
    if (ballot.equals(s.voter.promised(s.group()))
        && !ballot.equals(Ballot.ZERO)
        && s.passed(s.releaseAgainAt)) {
      roles.giveUp(ballot, s.lastRelease.sMax());
    }
  }

  private void start() {
    Candidate candidate = roles.becomeCandidate();
    candidate.highestSeen = s.voter.promised(s.group());
    candidate.willing.add(s.self());
    candidate.known = s.commit;
    candidate.electorate.addAll(s.electorate());
    s.sendToOthers(candidate.electorate, new PreVote(s.setting.self().incarnation()));
    countWilling(candidate);
  }

  /** A RELEASE named this server: no need to ask beforehand. */
  void startAtOnce() {
    Candidate candidate = roles.becomeCandidate();
    candidate.electorate.addAll(s.electorate());
    candidate.known = s.commit;
    candidate.highestSeen = s.voter.promised(s.group());
    campaign(candidate);
  }

  void onPreVoteReply(ServerId from, PreVoteReply message) {
    if (s.role instanceof Candidate candidate && candidate.phase == Phase.PRE_VOTE) {
      candidate.highestSeen = Ballot.max(candidate.highestSeen, message.promised());
      candidate.known = Math.max(candidate.known, message.commitIndex());
      if (message.yes()) {
        helped(candidate);
        candidate.willing.add(from);
        countWilling(candidate);
      }
      if (candidate.phase == Phase.PRE_VOTE) {
        news.ask(from, message.commitIndex()); // it may be in vain to ask those whom it asks
      }
    }
  }

  private void helped(Candidate candidate) {
    candidate.giveUpAt = s.now.earliest().plus(s.patience);
  }

  private void countWilling(Candidate candidate) {
    if (agree(s.log.configurations().from(candidate.known), candidate.willing)) {
      campaign(candidate);
    }
  }

  /** The own promise first, durable before anybody hears of the ballot. */
  private void campaign(Candidate candidate) {
    long round = Ballot.max(candidate.highestSeen, s.seen).round() + 1;
    Ballot ballot = new Ballot(round, s.self(), s.setting.self().incarnation());
    if (s.voter.vote(s.group(), ballot, s.now) instanceof Vote.Granted granted) {
      s.persist(new LogRecord.Promise(s.group(), ballot));
      candidate.ballot = ballot;
      candidate.phase = Phase.OWN_PROMISE;
      helped(candidate);
      candidate.promises.put(
          s.self(), new Promise(ballot, s.logState(), granted.counter(), granted.released()));
    } else {
      roles.becomeFollower(null);
    }
  }

  void onDurable(Candidate candidate, DurablePoint point) {
    if (candidate.phase == Phase.OWN_PROMISE && point.promised().equals(candidate.ballot)) {
      candidate.phase = Phase.PREPARE;
      candidate.prepared = s.now.latest();
      helped(candidate);
      s.sendToOthers(candidate.electorate, new Prepare(candidate.ballot));
      countPromises(candidate);
    }
  }

  void onPromise(ServerId from, Promise message) {
    if (s.role instanceof Candidate candidate && candidate.ballot.equals(message.ballot())) {
      candidate.known = Math.max(candidate.known, message.log().commitIndex());
      if (!candidate.promises.containsKey(from)) {
        helped(candidate);
      }
      switch (candidate.phase) {
        case PRE_VOTE, OWN_PROMISE -> {}
        case PREPARE -> {
          candidate.promises.put(from, message);
          countPromises(candidate);
        }
        case FETCH -> candidate.promises.put(from, message);
      }
    }
  }

  void onRefusal(Refusal message) {
    if (s.role instanceof Candidate candidate && candidate.ballot.equals(message.ballot())) {
      candidate.highestSeen = Ballot.max(candidate.highestSeen, message.promised());
    }
  }

  /**
   * Adopts the best log of those who have promised, and leads if they are enough: a majority of
   * every configuration of that log, from the last one known to be chosen on (protocol G6).
   * Otherwise it goes on collecting, and adopts again if a better log turns up.
   */
  private void countPromises(Candidate candidate) {
    if (!enough(candidate, s.log.configurations().from(candidate.known))) {
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
    if (source == null) {
      candidate.fetched.clear();
      candidate.source = null;
      roles.becomeLeader(candidate);
    } else if (best.lastIndex() <= s.commit) {
      // All of the best log is chosen and held here: what follows here is of a worse one.
      s.cutSuffixAndPersist(s.commit);
      candidate.fetched.clear();
      candidate.source = null;
      roles.becomeLeader(candidate);
    } else if (candidate.complete && !best.isBetterThan(candidate.wanted)) {
      leadWithFetched(candidate);
    } else {
      candidate.source = source;
      candidate.wanted = best;
      candidate.fetched.clear();
      candidate.complete = false;
      candidate.phase = Phase.FETCH;
      s.send(source, new Fetch(candidate.ballot, s.commit + 1));
    }
  }

  private static boolean agree(List<Configuration> configurations, Collection<ServerId> servers) {
    return configurations.stream().allMatch(each -> each.quorum().reachedBy(servers::contains));
  }

  /** Whether those who have promised are enough; if not, voters not asked so far are asked. */
  private boolean enough(Candidate candidate, List<Configuration> configurations) {
    if (agree(configurations, candidate.promises.keySet())) {
      return true;
    }
    SortedSet<ServerId> fresh = CoreState.votersOf(configurations);
    fresh.removeAll(candidate.electorate);
    candidate.electorate.addAll(fresh);
    s.sendToOthers(fresh, new Prepare(candidate.ballot));
    return false;
  }

  /** The best log is here. What stands beyond it in the own log is not of it. */
  private void leadWithFetched(Candidate candidate) {
    if (enough(candidate, adoptedConfigurations(candidate))) {
      s.cutSuffixAndPersist(
          candidate.fetched.isEmpty()
              ? s.commit
              : Math.min(s.log.lastIndex(), candidate.wanted.lastIndex()));
      roles.becomeLeader(candidate);
    }
  }

  /** Those of the chosen log here, continued by the fetched one, that are not surely replaced. */
  private List<Configuration> adoptedConfigurations(Candidate candidate) {
    TreeMap<Long, Configuration> all = new TreeMap<>();
    Map.Entry<Long, Configuration> chosen = s.log.configurations().at(s.commit);
    all.put(chosen.getKey(), chosen.getValue());
    for (LogEntry entry : candidate.fetched) {
      if (entry.kind() == EntryKind.CONFIGURATION) {
        all.put(entry.index(), Configuration.decode(entry.payload()));
      }
    }
    Long first = all.floorKey(candidate.known);
    return new ArrayList<>(first == null ? all.values() : all.tailMap(first, true).values());
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
      roles.giveUp(candidate.ballot, s.sMax);
      return;
    }
    if (message.from() == nextWanted(candidate)) {
      helped(candidate);
    }
    FollowerLog.learn(s, message.entries(), candidate.wanted.commitIndex());
    for (LogEntry entry : message.entries()) {
      if (entry.index() > s.commit && entry.index() == nextWanted(candidate)) {
        candidate.fetched.add(entry);
      }
    }
    if (nextWanted(candidate) > candidate.wanted.lastIndex()) {
      candidate.complete = true;
      candidate.phase = Phase.PREPARE;
      countPromises(candidate);
    } else {
      candidate.retryAt = s.retryTime();
      s.send(from, new Fetch(candidate.ballot, nextWanted(candidate)));
    }
  }

  private long nextWanted(Candidate candidate) {
    return candidate.fetched.isEmpty() ? s.commit + 1 : candidate.fetched.getLast().index() + 1;
  }

  /**
   * Another candidate asks for the own promise with a higher ballot. The lower one gives way at
   * once: otherwise two that need each other's promise would both wait until they give up, and
   * where voters lie far apart the next candidacies would meet again. The own voter is free now,
   * promises the higher ballot, and with that the candidacy is over (protocol G5).
   */
  void giveWay(Ballot other) {
    if (s.role instanceof Candidate candidate
        && candidate.phase != Phase.PRE_VOTE
        && other.isAfter(candidate.ballot)) {
      roles.release(new Release(candidate.ballot, null, s.sMax));
    }
  }

  /** Campaigns no more, for a reason of its own. */
  void stop() {
    if (s.role instanceof Candidate candidate) {
      giveUp(candidate);
    }
  }

  private void giveUp(Candidate candidate) {
    if (candidate.phase == Phase.PRE_VOTE) {
      roles.becomeFollower(null);
    } else {
      roles.giveUp(candidate.ballot, s.sMax);
    }
  }

  void tickCandidate(Candidate candidate) {
    if (s.passed(candidate.giveUpAt)) {
      s.learnPatience();
      giveUp(candidate);
      return;
    }
    if (!s.passed(candidate.retryAt)) {
      return;
    }
    candidate.retryAt = s.retryTime();
    switch (candidate.phase) {
      case PRE_VOTE ->
          s.sendToOthers(candidate.electorate, new PreVote(s.setting.self().incarnation()));
      case OWN_PROMISE -> {} // the log will answer
      case PREPARE -> s.sendToOthers(candidate.electorate, new Prepare(candidate.ballot));
      case FETCH -> {
        ServerId source = candidate.source;
        if (source != null) {
          s.send(source, new Fetch(candidate.ballot, nextWanted(candidate)));
        }
      }
    }
  }
}
