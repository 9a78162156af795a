package io.meridiandb.paxos.attack;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.Inheritance;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.core.PaxosMessage.Accept;
import io.meridiandb.paxos.core.PaxosMessage.Accepted;
import io.meridiandb.paxos.core.PaxosMessage.Promise;
import io.meridiandb.paxos.lease.BrokenLeases;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.LeaseCounter;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.LeaseReply;
import io.meridiandb.paxos.lease.LeaseRequest;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.Vote;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import java.time.Duration;

/** Rules that a server may break, each through the module's own interfaces. */
enum BrokenRule {
  /** All rules hold. */
  NONE,

  /** No lease binds it (C1). */
  VOTES_WITHIN_LEASES {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return BrokenLeases.votingWithinLeases(self, config, bound, now);
    }
  },

  /** Votes again for a ballot below the one that it has promised. */
  VOTES_TWICE {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return new VoterState(self, config, bound, now) {
        @Override
        public Vote vote(GroupId group, Ballot ballot, TTInterval at) {
          Vote vote = super.vote(group, ballot, at);
          return vote instanceof Vote.Refused
              ? new Vote.Granted(false, counter(ballot.server()), Timestamp.MIN)
              : vote;
        }
      };
    }
  },

  /** Votes right after a start (G2, attack 3). */
  NO_SILENCE {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return BrokenLeases.withoutSilence(self, config, bound, now);
    }
  },

  /** Votes for itself right after a start (G2, attack 4). */
  NO_SILENCE_FOR_ITSELF {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return BrokenLeases.withoutSelfSilence(self, config, bound, now);
    }
  },

  /** Does not count what it takes away (G1, attack 1). */
  NO_COUNTER {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return BrokenLeases.withoutCounter(self, config, bound, now);
    }
  },

  /** Its counters do not say of which start they are (G1, attack 2). */
  COUNTER_WITHOUT_INCARNATION {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return new VoterState(new Lessee(self.server(), 1), config, bound, now);
    }
  },

  /** Honours a release of any ballot of the same server (G7, attack 8). */
  RELEASE_OF_ANY_BALLOT {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return BrokenLeases.withUnboundRelease(self, config, bound, now);
    }
  },

  /** The longest lease that it gave is not remembered over a restart (G2, attack 3). */
  FORGETS_ITS_LONGEST_LEASE {
    @Override
    Duration durableBound(Duration length) {
      return Duration.ZERO;
    }
  },

  /** A restarted server passes for the one that it was before, and leads again at once (G3). */
  KEEPS_ITS_INCARNATION {
    @Override
    long incarnation(long before) {
      return 1;
    }

    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return BrokenLeases.withoutSelfSilence(self, config, bound, now);
    }
  },

  /** Forgets what it promised when it restarts. */
  FORGETS_ITS_PROMISE {
    @Override
    boolean keeps(LogRecord record) {
      return !(record instanceof LogRecord.Promise);
    }
  },

  /** The new stamp of old entries is not durable (G5, attack 6). */
  FORGETS_THE_NEW_STAMP {
    @Override
    boolean keeps(LogRecord record) {
      return !(record instanceof LogRecord.Restamp);
    }
  },

  /** Tells others before its own disk has it. */
  ACKS_BEFORE_FORCE {
    @Override
    boolean acksBeforeForce() {
      return true;
    }
  },

  /** Counts itself before its own disk has it (G5). */
  COUNTS_ITSELF_BEFORE_FORCE {
    @Override
    boolean voteBeforeForce() {
      return true;
    }
  },

  /** Serves before its LEADER_START is chosen (G4, attack 5). */
  SERVES_AT_ELECTION {
    @Override
    boolean servesAtElection() {
      return true;
    }
  },

  /** Hands over without saying what it has promised its readers (G7, attack 9). */
  HANDS_OVER_WITHOUT_S_MAX {
    @Override
    Timestamp sMax(Timestamp sMax) {
      return Timestamp.MIN;
    }
  },

  /** A voter does not pass s_max on (G7, attack 9). */
  PROMISES_WITHOUT_S_MAX {
    @Override
    PaxosMessage outgoing(AttackServer from, PaxosMessage message) {
      return message instanceof Promise p
          ? new Promise(p.ballot(), p.log(), p.counter(), Timestamp.MIN)
          : message;
    }

    @Override
    Timestamp floor(Timestamp floor) {
      return Timestamp.ZERO;
    }
  },

  /** What a read-only replica has is counted as a voter's. */
  COUNTS_A_LEARNER {
    @Override
    ServerId signedAs(AttackServer from, PaxosMessage message) {
      return from.readOnly() && message instanceof Accepted ? from.initial.full().last() : from.id;
    }
  },

  /** Counts an acknowledgement for more than it says. */
  COUNTS_WHAT_IT_SENT {
    @Override
    PaxosMessage incoming(AttackServer to, PaxosMessage message) {
      return message instanceof Accepted a && a.index() < to.core.lastIndex()
          ? new Accepted(
              a.ballot(),
              to.core.lastIndex(),
              a.commitIndex(),
              a.checkpoint(),
              a.applied(),
              a.counter())
          : message;
    }
  },

  /** A witness forgets what is chosen, though a full replica lacks it (G26, attack 38). */
  WITNESS_FORGETS_EARLY {
    @Override
    PaxosMessage incoming(AttackServer to, PaxosMessage message) {
      return to.witness() && message instanceof Accept a
          ? new Accept(
              a.ballot(),
              a.startIndex(),
              a.prevIndex(),
              a.entries(),
              a.commitIndex(),
              a.commitIndex())
          : message;
    }
  },

  /** Drops all of its log when it takes an image (G25, attack 37). */
  DROPS_ITS_LOG_AT_AN_IMAGE {
    @Override
    LogEntry imageEntry(LogEntry entry) {
      Timestamp other = entry.timestamp().next();
      return new LogEntry(entry.index(), entry.ballot(), entry.kind(), other, entry.payload());
    }
  },

  /** Server 3 goes on with its campaign after its own voter has promised more (G5, attack 45). */
  GOES_ON_AFTER_ITS_VOTER_MOVED {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return new VoterState(self, config, bound, now) {
        private Ballot own = Ballot.ZERO;

        @Override
        public Vote vote(GroupId group, Ballot ballot, TTInterval at) {
          Vote vote = super.vote(group, ballot, at);
          if (vote instanceof Vote.Granted && Lessee.of(ballot).equals(self)) {
            own = ballot;
          }
          return vote;
        }

        @Override
        public Ballot promised(GroupId group) {
          boolean lies = self.server().value() == 3 && !own.equals(Ballot.ZERO);
          return lies ? own : super.promised(group);
        }
      };
    }
  },

  /** Gives a candidacy up without telling (G9, attack 12). */
  GIVES_UP_SILENTLY {
    @Override
    PaxosMessage outgoing(AttackServer from, PaxosMessage message) {
      return message instanceof PaxosMessage.Release r && r.target() == null ? NOTHING : message;
    }
  },

  /**
   * Takes over the locks that came with a hand-over, however late it is elected (G7, attack 11).
   */
  INHERITS_WHATEVER_CAME {
    @Override
    Inheritance inherits(AttackServer server, Inheritance inherited) {
      return server.shippedHere;
    }
  },

  /** Never asks whether what it is bound to is still in use (G9, attack 12). */
  NEVER_ASKS {
    @Override
    PaxosMessage outgoing(AttackServer from, PaxosMessage message) {
      return message instanceof PaxosMessage.Inquiry ? NOTHING : message;
    }
  },

  /** A candidate does not promise to a higher one before it gives up by itself (T30). */
  NEVER_GIVES_WAY {
    @Override
    PaxosMessage incoming(AttackServer to, PaxosMessage message) {
      boolean campaigns = to.core.wantsLease() && to.core.leader() == null;
      return message instanceof PaxosMessage.Prepare && campaigns ? NOTHING : message;
    }
  },

  /** A leader forgets what a witness still needs from it (G26 leaves a witness no other source). */
  FORGETS_BEFORE_THE_WITNESS {
    @Override
    PaxosMessage incoming(AttackServer to, PaxosMessage message) {
      return message instanceof Accepted a && a.applied() == Accepted.NO_DATA
          ? new Accepted(
              a.ballot(), a.index(), a.commitIndex(), 1_000_000, a.applied(), a.counter())
          : message;
    }
  },

  /** Gives a lease to whoever asks, though its answers may never arrive (G9, attack 13). */
  LEASES_TO_THE_DEAF {
    @Override
    VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
      return new VoterState(self, config, bound, now) {
        @Override
        public LeaseReply onRequest(LeaseRequest request, TTInterval at) {
          LeaseCounter known = new LeaseCounter(self.incarnation(), request.known().revocations());
          return super.onRequest(
              new LeaseRequest(request.lessee(), request.until(), known, at.latest()), at);
        }
      };
    }
  },

  /** A candidate does not see the members in a log that it takes over (G6, attack 7). */
  OVERLOOKS_NEW_MEMBERS {
    @Override
    PaxosMessage incoming(AttackServer to, PaxosMessage message) {
      return message instanceof PaxosMessage.Suffix s
          ? new PaxosMessage.Suffix(
              s.ballot(),
              s.from(),
              s.entries().stream()
                  .map(e ->
                      e.kind() == EntryKind.CONFIGURATION
                          ? new LogEntry(
                              e.index(), e.ballot(), EntryKind.COMMAND, e.timestamp(), e.payload())
                          : e)
                  .toList())
          : message;
    }
  },

  /** Tells of a removal that stands in its log and is not chosen (G6, attack 7b). */
  TELLS_OF_UNCHOSEN_REMOVALS {
    @Override
    PaxosMessage outgoing(AttackServer from, PaxosMessage message) {
      Configuration now = from.core.members();
      return message instanceof PaxosMessage.PreVoteReply && now.joint()
          ? new PaxosMessage.MembersChosen(
              from.core.lastIndex(), Configuration.of(now.target()), false)
          : message;
    }
  },

  /** Takes what was true once for what is (G6, attack 7c). */
  BELIEVES_STALE_REMOVALS {
    @Override
    PaxosMessage incoming(AttackServer to, PaxosMessage message) {
      return message instanceof PaxosMessage.MembersChosen r
          ? new PaxosMessage.MembersChosen(to.core.lastIndex() + 1, r.members(), false)
          : message;
    }
  },

  /** Who leads is looked up, and T taken later, after a hand-over (G20, attack 32a). */
  CLOSES_WHAT_IT_ONCE_LED {
    @Override
    boolean closesAnyhow(AttackServer server) {
      return !server.announced && !server.closedBallot.equals(Ballot.ZERO);
    }
  },

  /** T lies beyond the lease of the group, whose voters renew it no longer (G20, attack 32d). */
  CLOSES_BEYOND_ITS_LEASE {
    @Override
    boolean closesAnyhow(AttackServer server) {
      return server.announced;
    }
  },

  /** A voter does not say how far its log reaches, so that nobody takes it over (C1). */
  HIDES_ITS_LOG {
    @Override
    PaxosMessage outgoing(AttackServer from, PaxosMessage message) {
      return message instanceof Promise p
          ? new Promise(
              p.ballot(),
              new PaxosMessage.LogState(Ballot.ZERO, 0, p.log().commitIndex()),
              p.counter(),
              p.released())
          : message;
    }
  };

  /** A message that nobody reacts to. */
  private static final PaxosMessage NOTHING =
      new PaxosMessage.Release(Ballot.ZERO, null, Timestamp.MIN);

  boolean closesAnyhow(AttackServer server) {
    return false;
  }

  Inheritance inherits(AttackServer server, Inheritance inherited) {
    return inherited;
  }

  LogEntry imageEntry(LogEntry entry) {
    return entry;
  }

  VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
    return new VoterState(self, config, bound, now);
  }

  LeaseHolder holder(Lessee self, LeaseConfig config) {
    return new LeaseHolder(self, config);
  }

  Duration durableBound(Duration length) {
    return length;
  }

  long incarnation(long before) {
    return before + 1;
  }

  boolean keeps(LogRecord record) {
    return true;
  }

  boolean acksBeforeForce() {
    return false;
  }

  boolean voteBeforeForce() {
    return false;
  }

  boolean servesAtElection() {
    return false;
  }

  Timestamp sMax(Timestamp sMax) {
    return sMax;
  }

  Timestamp floor(Timestamp floor) {
    return floor;
  }

  PaxosMessage outgoing(AttackServer from, PaxosMessage message) {
    return message;
  }

  PaxosMessage incoming(AttackServer to, PaxosMessage message) {
    return message;
  }

  ServerId signedAs(AttackServer from, PaxosMessage message) {
    return from.id;
  }
}
