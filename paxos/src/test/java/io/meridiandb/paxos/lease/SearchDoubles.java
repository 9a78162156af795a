package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.lease.LeaseSearchModel.Parts;
import java.time.Duration;

/** Servers for {@link LeaseSearchModel} that break one rule each. */
enum SearchDoubles implements Parts {
  /** No lease binds at all (protocol C1). */
  VOTES_WITHIN_LEASES {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return BrokenLeases.votingWithinLeases(self, LeaseSearchModel.CONFIG, bound, now);
    }
  },

  /** Votes right after a start (G2; attacks 3 and 4). */
  NO_SILENCE {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return BrokenLeases.withoutSilence(self, LeaseSearchModel.CONFIG, bound, now);
    }
  },

  /** Silent towards others, but votes for itself right after a start (G2; attack 4). */
  NO_SILENCE_FOR_ITSELF {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return BrokenLeases.withoutSelfSilence(self, LeaseSearchModel.CONFIG, bound, now);
    }
  },

  /** Does not count what it takes away (G1; attack 1). */
  NO_COUNTER {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return BrokenLeases.withoutCounter(self, LeaseSearchModel.CONFIG, bound, now);
    }
  },

  /** Counts from zero after each start and does not say that it is another start (attack 2). */
  COUNTER_WITHOUT_INCARNATION {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return new VoterState(new Lessee(self.server(), 1), LeaseSearchModel.CONFIG, bound, now);
    }
  },

  /** Looks at its leases, answers others, and only then stores the promise (G1; attack 1). */
  VOTE_IN_TWO_STEPS {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return new VoterState(self, LeaseSearchModel.CONFIG, bound, now) {
        @Override
        public Vote vote(GroupId group, Ballot ballot, TTInterval at) {
          release(group, promised(group), null, Timestamp.MIN); // it has looked before
          return super.vote(group, ballot, at);
        }
      };
    }

    @Override
    public boolean votesAtOnce() {
      return false;
    }
  },

  /** Takes a lease for over when it may be over, not when it surely is (C1). */
  EXPIRES_BY_LATEST {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return new VoterState(self, LeaseSearchModel.CONFIG, bound, now) {
        @Override
        public Vote vote(GroupId group, Ballot ballot, TTInterval at) {
          return super.vote(group, ballot, later(at));
        }

        @Override
        public boolean wouldPromise(GroupId group, Lessee candidate, TTInterval at) {
          return super.wouldPromise(group, candidate, later(at));
        }

        private TTInterval later(TTInterval at) {
          return new TTInterval(at.latest(), at.latest());
        }
      };
    }
  },

  /** A release of any ballot of the same server opens the lease (G7; attack 8). */
  RELEASE_OF_ANY_BALLOT {
    @Override
    public VoterState voter(Lessee self, Duration bound, TTInterval now) {
      return BrokenLeases.withUnboundRelease(self, LeaseSearchModel.CONFIG, bound, now);
    }

    @Override
    public boolean releaseIsBound() {
      return false;
    }
  }
}
