package io.meridiandb.server;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.Log;
import io.meridiandb.spanserver.group.GroupParts;
import java.time.Duration;

/**
 * How the parts of a node meet, as {@link GroupParts} is for one group: the simulator watches there
 * what passes between them.
 */
public interface NodeParts extends GroupParts {
  /** Every part is used as it is. */
  NodeParts PLAIN = new NodeParts() {};

  /** The server's log, as its replicas see it. */
  default Log log(Log log) {
    return log;
  }

  /** Makes what the server owes to others as a voter; see {@link VoterState}. */
  default VoterState voter(Lessee self, LeaseConfig config, Duration durableBound, TTInterval now) {
    return new VoterState(self, config, durableBound, now);
  }
}
