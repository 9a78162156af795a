package io.meridiandb.simulator.broken;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.net.Frames;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.Vote;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.server.NodeParts;
import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.participant.BrokenParticipants;
import java.time.Duration;

/** Rules that all servers of a universe break, one at a time, through doubles of their parts. */
enum BrokenRule implements NodeAssembly.Fittings {
  /** Answers before its timestamp has surely passed. */
  COMMIT_WAIT_SKIPPED(3001, "commit wait is skipped (C2)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.replicating(replication ->
          new Forwarding.OfReplication(replication) {
            @Override
            public void whenPassed(Timestamp t, Runnable task) {
              task.run();
            }
          });
    }
  },

  /** Forgets what it promised when it restarts. */
  PROMISE_FORGOTTEN(1003, "promises are forgotten at a restart (G5)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.logging(BrokenParts::forgettingPromises);
    }
  },

  /** Votes for whoever asks. */
  VOTES_TWICE(37, "a voter promises whatever it is asked, leases or not (C1)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return new NodeParts() {
        @Override
        public VoterState voter(
            Lessee lessee, LeaseConfig config, Duration durableBound, TTInterval now) {
          return new VoterState(lessee, config, durableBound, now) {
            @Override
            public boolean wouldPromise(GroupId group, Lessee candidate, TTInterval at) {
              return true;
            }

            @Override
            public Vote vote(GroupId group, Ballot ballot, TTInterval at) {
              Vote vote = super.vote(group, ballot, at);
              return vote instanceof Vote.Refused
                  ? new Vote.Granted(false, counter(ballot.server()), Timestamp.MIN)
                  : vote;
            }
          };
        }
      };
    }
  },

  /** Tells others before its own disk has it. */
  ACKNOWLEDGED_EARLY(4000, "acknowledges before its log has forced (G5)") {
    @Override
    public Env env(Env env, ServerIdentity self) {
      return BrokenWorld.withNamedStrands(env);
    }

    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.logging(
          log -> BrokenParts.acknowledgingEarly(log, BrokenWorld.serverStrand(env)));
    }
  },

  /** Nothing is ever forced. */
  FORCES_NOTHING(2003, "the disk says that it has forced, and has not (T18)") {
    @Override
    public Env env(Env env, ServerIdentity self) {
      return BrokenWorld.withoutForces(env);
    }
  },

  /** What was being written when the power went passes for an entry. */
  TORN_TAIL(3000, "a torn end of the log passes for an entry (T20)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.logging(BrokenParts::acceptingTornTails);
    }
  },

  /** A leader takes an acknowledgement for all that it has sent. */
  COUNTS_WHAT_IT_SENT(1000, "commits before a majority has the entry (C1)") {
    @Override
    public Env env(Env env, ServerIdentity self) {
      BrokenMessages.Acknowledgements all = new BrokenMessages.Acknowledgements();
      return BrokenWorld.withFrames(env, all::incoming, all::outgoing);
    }
  },

  /** Locks go as soon as the vote is given. */
  UNLOCKED_EARLY(3000, "locks go before the outcome (C3)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.locking(BrokenParticipants.UnlocksAtVote::new);
    }
  },

  /** Locks are no obstacle. */
  LOCKS_GRANTED(1001, "locks keep nobody out (C2)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.locking(BrokenParticipants.GrantsEverything::new);
    }
  },

  /** Reads pass what is prepared below them. */
  VOTES_IGNORED(2001, "safe time ignores prepared transactions (C4)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.without("READS_HEED_VOTES");
    }
  },

  /** A new leader does not lock what is prepared. */
  VOTES_UNLOCKED(5005, "a new leader forgets the locks of votes (C3)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.without("PREPARED_LOCKS");
    }
  },

  /** Followers answer with what has not passed. */
  READS_DO_NOT_WAIT(3001, "a read shows what has not passed (G18)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.without("READS_WAIT");
    }
  },

  /** Outcomes are in memory and in the log, and in no checkpoint. */
  OUTCOMES_IN_MEMORY(3013, "outcomes are lost at a restart (G13)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.forgettingOutcomes();
    }
  },

  /** Each leader knows its own outcomes. */
  OUTCOMES_OF_ONE_LEADER(5001, "outcomes are lost when the leader changes (G13)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return new BrokenParts.OutcomesOfOneLeader();
    }
  },

  /** Nobody looks who owns a key. */
  STALE_LOCATION(2000, "requests for rows that have moved are done (G23)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.owningEverything();
    }
  },

  /** Locks that died with a leader count. */
  EPOCH_NOT_CHECKED(5028, "read locks lost at a leader change go unnoticed (G12)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return new BrokenParts.OneEpoch();
    }
  },

  /** A replica vouches for the near future. */
  CLOSED_TOO_HIGH(1000, "closed timestamps are too high (G20)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.closingTooHigh(Duration.ofMillis(300));
    }
  },

  /** A follower answers with what it had. */
  SERVED_BEFORE_APPLIED(1006, "a follower serves before it has applied (C4)") {
    @Override
    public Env env(Env env, ServerIdentity self) {
      return BrokenWorld.withNamedStrands(env);
    }

    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.applyingLate(env);
    }
  },

  /** Leadership lasts longer than anybody has promised. */
  LEASE_IGNORED(2002, "a leader goes on beyond its lease (C1)") {
    @Override
    public Env env(Env env, ServerIdentity self) {
      return BrokenWorld.withFrames(env, BrokenMessages::withLongerLeases, Frames.Rewriter.NONE);
    }
  },

  /** Who waits long enough aborts. */
  ABORTED_BY_TIMEOUT(3009, "a participant aborts without proof (G21)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.abortingByTimeout();
    }
  },

  /** Each group commits at its own time. */
  OUTCOME_AT_OWN_VOTE(2000, "a commit has another timestamp in each group (G8)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.replicating(BrokenParts::committingAtOwnVote);
    }
  },

  /** Servers 1 and 3 believe in other times. */
  CLOCK_OUTSIDE(1000, "a clock's interval does not hold the truth (G10)") {
    @Override
    public TrueTime trueTime(TrueTime trueTime, Env env, ServerIdentity self) {
      return () -> {
        TTInterval now = trueTime.now();
        Duration off = Duration.ofMillis(60 * (self.server().value() % 3 - 1));
        return new TTInterval(now.earliest().plus(off), now.latest().plus(off));
      };
    }
  },

  /** INSERT writes, whatever there is. */
  CONDITIONS_UNCHECKED(2000, "INSERT does not look under its locks (G16)") {
    @Override
    public Env env(Env env, ServerIdentity self) {
      return BrokenWorld.withFrames(env, BrokenMessages::withoutConditions, Frames.Rewriter.NONE);
    }
  },

  /** What is read is what is. */
  NEWEST_READ(2000, "a read of a time sees what came later (C4)") {
    @Override
    public NodeParts parts(Env env, ServerIdentity self) {
      return BrokenParts.readingTheNewest();
    }
  };

  private final long knownSeed;
  private final String words;

  BrokenRule(long knownSeed, String words) {
    this.knownSeed = knownSeed;
    this.words = words;
  }

  /** Where a search finds it soon. */
  long knownSeed() {
    return knownSeed;
  }

  /** Which rule, in words. */
  String words() {
    return words;
  }
}
