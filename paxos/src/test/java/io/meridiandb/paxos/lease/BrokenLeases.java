package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.time.Duration;

/** Voters and holders that break one rule each, to show that the tests would see it. */
public final class BrokenLeases {
  private BrokenLeases() {}

  /** Protocol G2 off: votes right after a start. */
  public static VoterState withoutSilence(
      Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
    return new VoterState(self, config, bound, now) {
      @Override
      boolean silent(Lessee candidate, TTInterval at) {
        return false;
      }
    };
  }

  /** Half of G2: silent towards others, but votes for itself right after a start. */
  public static VoterState withoutSelfSilence(
      Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
    return new VoterState(self, config, bound, now) {
      @Override
      boolean silent(Lessee candidate, TTInterval at) {
        return !candidate.equals(self) && super.silent(candidate, at);
      }
    };
  }

  /** Protocol G1 off: what is taken away is not counted. */
  public static VoterState withoutCounter(
      Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
    return new VoterState(self, config, bound, now) {
      @Override
      void revoke(GroupId group, Ballot ballot, Lessee owner) {}
    };
  }

  /** Protocol G7 off: a release of any ballot of the same server opens the lease. */
  public static VoterState withUnboundRelease(
      Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
    return new VoterState(self, config, bound, now) {
      @Override
      boolean honours(Ballot current, Ballot released) {
        return current.server().equals(released.server());
      }
    };
  }

  /** No lease binds at all: the single-vote rule of C1 off. */
  public static VoterState votingWithinLeases(
      Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
    return new VoterState(self, config, bound, now) {
      @Override
      public Vote vote(GroupId group, Ballot ballot, TTInterval at) {
        release(group, promised(group), null, Timestamp.MIN);
        return super.vote(group, ballot, at);
      }

      @Override
      public boolean wouldPromise(GroupId group, Lessee candidate, TTInterval at) {
        return true;
      }
    };
  }

  /** Protocol G1 half off: counters of two starts of a voter are compared as if they were one. */
  public static LeaseHolder ignoringIncarnations(Lessee self, LeaseConfig config) {
    return new LeaseHolder(self, config) {
      @Override
      boolean sameStart(ServerId voter, LeaseCounter known, LeaseCounter counter) {
        return true;
      }
    };
  }
}
