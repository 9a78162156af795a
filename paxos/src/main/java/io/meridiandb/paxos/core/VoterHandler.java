package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.Accept;
import io.meridiandb.paxos.core.PaxosMessage.Accepted;
import io.meridiandb.paxos.core.PaxosMessage.Behind;
import io.meridiandb.paxos.core.PaxosMessage.Fetch;
import io.meridiandb.paxos.core.PaxosMessage.Inquiry;
import io.meridiandb.paxos.core.PaxosMessage.PreVote;
import io.meridiandb.paxos.core.PaxosMessage.PreVoteReply;
import io.meridiandb.paxos.core.PaxosMessage.Prepare;
import io.meridiandb.paxos.core.PaxosMessage.Promise;
import io.meridiandb.paxos.core.PaxosMessage.Refusal;
import io.meridiandb.paxos.core.PaxosMessage.Release;
import io.meridiandb.paxos.core.PaxosMessage.Suffix;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.Readiness;
import io.meridiandb.paxos.lease.Vote;
import io.meridiandb.paxos.log.LogRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The acceptor's side: votes, and entries of the leader (protocol C1). */
final class VoterHandler {
  private final CoreState s;
  private final RoleTransitions roles;
  private final CampaignHandler campaign;
  private final MembersNewsHandler news;

  VoterHandler(
      CoreState state, RoleTransitions roles, CampaignHandler campaign, MembersNewsHandler news) {
    this.s = state;
    this.roles = roles;
    this.campaign = campaign;
    this.news = news;
  }

  void onPreVote(ServerId from, PreVote message) {
    boolean yes =
        s.mayVote()
            && s.voter.wouldPromise(s.group(), new Lessee(from, message.incarnation()), s.now);
    if (!yes) {
      inquire();
    }
    s.send(from, new PreVoteReply(yes, s.voter.promised(s.group()), s.commit));
    news.answer(from);
  }

  void onPrepare(ServerId from, Prepare message) {
    Ballot ballot = message.ballot();
    if (!s.mayVote()) {
      s.send(from, new Refusal(ballot, s.voter.promised(s.group())));
      return;
    }
    campaign.giveWay(ballot);
    switch (s.voter.vote(s.group(), ballot, s.now)) {
      case Vote.Granted granted -> {
        if (granted.isNew()) {
          s.persist(new LogRecord.Promise(s.group(), ballot));
          roles.afterOwnVoterMoved(null);
          if (s.role instanceof Follower follower) {
            follower.leader = null;
            follower.campaignAt = s.campaignTimeAfterAnother();
          }
        }
        s.sendAfterPersist(
            from, new Promise(ballot, s.logState(), granted.counter(), granted.released()));
      }
      case Vote.Refused refused -> {
        if (refused.reason() == Vote.Reason.LEASED) {
          s.early = new CoreState.EarlyPrepare(from, message);
          inquire();
        }
        s.send(from, new Refusal(ballot, refused.promised()));
      }
    }
  }

  /** Serves the log as the promise described it: it cannot change before a higher ballot. */
  void onFetch(ServerId from, Fetch message) {
    if (!s.voter.promised(s.group()).equals(message.ballot())) {
      return;
    }
    if (!s.reach(message.from())) {
      s.awaited = new CoreState.AwaitedFetch(from, message);
      return;
    }
    List<LogEntry> part =
        message.from() <= s.log.baseIndex()
            ? List.of()
            : s.log.slice(
                message.from(),
                s.log.lastIndex(),
                PaxosConfig.IN_FLIGHT_ENTRIES_MAX,
                PaxosConfig.IN_FLIGHT_BYTES_MAX);
    s.sendAfterPersist(from, new Suffix(message.ballot(), message.from(), part));
  }

  /** What a candidate waits for has been read, or has gone. */
  void goOnServing() {
    CoreState.AwaitedFetch awaited = s.awaited;
    if (awaited != null) {
      s.awaited = null;
      onFetch(awaited.from(), awaited.message());
    }
  }

  void onRelease(ServerId from, Release message) {
    Ballot ballot = message.ballot();
    s.voter.release(s.group(), ballot, message.target(), message.sMax());
    Ballot promised = s.voter.promised(s.group());
    boolean forUs = s.self().equals(message.target()) && promised.equals(ballot);
    if (forUs && s.role instanceof Follower) {
      if (s.mayLead() && s.voter.readiness(s.now) == Readiness.READY) {
        campaign.startAtOnce();
        if (!message.state().isEmpty() && s.role instanceof Candidate) {
          s.shipped = new Inheritance(ballot, message.state());
        }
      } else {
        s.send(from, new Refusal(ballot, promised)); // so that nobody waits for it
      }
    }
    goOnVoting(message.target());
  }

  /** Whom a leader hands over to may be faster than the word of that: it need not ask again. */
  private void goOnVoting(@Nullable ServerId candidate) {
    CoreState.EarlyPrepare early = s.early;
    if (early != null && early.from().equals(candidate)) {
      s.early = null;
      onPrepare(early.from(), early.message());
    }
  }

  void onInquiry(ServerId from, Inquiry message) {
    s.inquiries.put(from, message.ballot());
    news.answer(from, message.commit());
    news.ask(from, message.commit());
    if (s.role instanceof Leader leader && leader.ballot.equals(message.ballot())) {
      FollowerProgress follower = leader.followers.get(from);
      if (follower != null && message.commit() < follower.commitKnown) {
        // It has started again since it said so; in an idle group nobody else would tell it.
        follower.commitKnown = message.commit();
      }
    }
  }

  /** On a tick, because that brings the last timestamp that was given under any ballot. */
  void answerInquiries() {
    s.inquiries.forEach((from, ballot) -> {
      boolean mine = Lessee.of(ballot).equals(s.setting.self());
      if (mine && !inUse(ballot)) {
        if (from.equals(s.self())) {
          s.voter.release(s.group(), ballot, null, s.sMax);
        } else {
          s.send(from, new Release(ballot, null, s.sMax));
        }
      }
    });
    s.inquiries.clear();
  }

  /**
   * Whoever is promised is asked whether it is still in use. That may be this server: an earlier
   * replica here released its ballot to somebody who never came (seed 60435 of DeepTest).
   */
  private void inquire() {
    Ballot promised = s.voter.promised(s.group());
    if (promised.server().equals(s.self())) {
      s.inquiries.put(s.self(), promised);
    } else {
      s.inquire();
    }
  }

  /** A ballot that is not in use now never will be: campaigns go above all before them. */
  private boolean inUse(Ballot ballot) {
    return switch (s.role) {
      case Follower follower -> false;
      case Candidate candidate -> candidate.ballot.equals(ballot);
      case Leader leader -> leader.ballot.equals(ballot);
    };
  }

  void onAccept(ServerId from, Accept message) {
    Ballot ballot = message.ballot();
    Ballot promised = s.voter.promised(s.group());
    if (promised.isAfter(ballot)) {
      s.send(from, new Behind(ballot, promised, s.logState()));
      return;
    }
    if (s.voter.follow(s.group(), ballot)) {
      s.persist(new LogRecord.Promise(s.group(), ballot));
      roles.afterOwnVoterMoved(from);
    }
    s.heardAt = s.now.latest();
    s.removed = false; // a leader sends to members only, and to those who are to be
    if (s.role instanceof Follower follower) {
      follower.leader = from;
      follower.campaignAt = null;
    } else {
      roles.becomeFollower(from);
    }
    s.trim = Math.max(s.trim, message.trimIndex());
    boolean taken = s.log.lastBallot().equals(ballot) ? extend(message) : takeOver(message);
    if (taken) {
      s.choose(Math.min(message.commitIndex(), s.log.lastIndex()));
      s.sendAfterPersist(
          from,
          new Accepted(
              ballot,
              s.log.lastIndex(),
              s.commit,
              s.holdsData ? s.checkpoint : s.hinted,
              s.applied(),
              s.voter.counter(ballot.server())));
    } else {
      s.sendAfterPersist(from, new Behind(ballot, ballot, s.logState()));
    }
  }

  /** The log is this leader's: entries follow without a hole; what is held already stays. */
  private boolean extend(Accept message) {
    if (message.prevIndex() > s.log.lastIndex()) {
      return false;
    }
    for (LogEntry entry : message.entries()) {
      if (entry.index() > s.log.lastIndex()) {
        s.appendAndPersist(entry.stamped(message.ballot()));
      }
    }
    return true;
  }

  /**
   * The log is still an earlier leader's. It becomes this one's only with everything that it
   * adopted (up to its LEADER_START); until then only chosen entries are taken.
   */
  private boolean takeOver(Accept message) {
    if (message.prevIndex() > s.commit) {
      return false;
    }
    long end = message.prevIndex() + message.entries().size();
    if (end >= message.startIndex()) {
      FollowerLog.overwrite(s, message.entries(), message.ballot());
      return s.log.lastBallot().equals(message.ballot());
    }
    FollowerLog.learn(s, message.entries(), message.commitIndex());
    return false;
  }
}
