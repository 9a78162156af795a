package io.meridiandb.paxos.core;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;

/**
 * One start of a server with one core, as small as tests want it: one group, leases of a second,
 * nothing random. The test is its driver.
 */
public final class CoreFixture {
  public static final GroupId G = new GroupId(1);

  /** Leases of a second; messages are said again after 150 ms. */
  public static final PaxosConfig CONFIG =
      PaxosConfig.of(new LeaseConfig(Duration.ofSeconds(1), Duration.ofMillis(150)));

  /** Always the same. */
  public static final RandomSource NO_RANDOM =
      new RandomSource() {
        @Override
        public long nextLong() {
          return 0;
        }

        @Override
        public int nextInt(int bound) {
          return 0;
        }

        @Override
        public RandomSource fork(String name) {
          return this;
        }
      };

  public final Lessee self;
  public final VoterState voter;
  public final LeaseHolder holder;

  /** The first start of server {@code id}. */
  public CoreFixture(long id, TTInterval now) {
    this(id, 1, now);
  }

  /** A later start is silent for a lease (protocol G2). */
  public CoreFixture(long id, long incarnation, TTInterval now) {
    self = new Lessee(new ServerId(id), incarnation);
    voter = voter(self, incarnation == 1 ? Duration.ZERO : CONFIG.lease().length(), now);
    holder = new LeaseHolder(self, CONFIG.lease());
  }

  /** A voter that may grant leases; an earlier start had granted none that lasts longer. */
  public static VoterState voter(Lessee self, Duration earlier, TTInterval now) {
    VoterState voter = new VoterState(self, CONFIG.lease(), earlier, now);
    voter.boundDurable(CONFIG.lease().length());
    return voter;
  }

  /** A moment that is known exactly. */
  public static TTInterval at(Timestamp t) {
    return new TTInterval(t, t);
  }

  /** The core of a full replica. */
  public PaxosCore core(ReplicaSet initial, RecoveredGroup found, long checkpoint) {
    return core(initial, true, found, checkpoint);
  }

  /** A core; without data it is a witness's. */
  public PaxosCore core(ReplicaSet initial, boolean data, RecoveredGroup found, long checkpoint) {
    ReplicaSetting setting =
        new ReplicaSetting(
            initial, data, CONFIG, PaxosConfig.LeaderPreference.NONE, NO_RANDOM, checkpoint);
    return PaxosCore.recover(setting, voter, holder, found);
  }

  /** What a core of an empty log would work on, for tests of a single handler. */
  CoreState state(ReplicaSet initial) {
    return new CoreState(
        new CoreState.Setting(G, self, Configuration.of(initial), CONFIG, NO_RANDOM),
        PaxosConfig.LeaderPreference.NONE,
        voter,
        holder,
        RecoveredGroup.empty(G));
  }
}
