package io.meridiandb.paxos.core;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import java.time.Duration;

/** Makes the parts of a simulated server; a test puts broken ones in their place. */
interface Doubles {
  /** The real parts. */
  Doubles NONE = new Doubles() {};

  default VoterState voter(Lessee self, LeaseConfig config, Duration bound, TTInterval now) {
    return new VoterState(self, config, bound, now);
  }

  default LeaseHolder holder(Lessee self, LeaseConfig config) {
    return new LeaseHolder(self, config);
  }
}
