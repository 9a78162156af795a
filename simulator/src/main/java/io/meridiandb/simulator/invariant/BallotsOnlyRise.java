package io.meridiandb.simulator.invariant;

import io.meridiandb.paxos.Ballot;

/** A replica never goes back behind a ballot that it has promised (protocol C1). */
public final class BallotsOnlyRise extends Rising<Ballot> {
  @Override
  Ballot value(Sight.Group group) {
    return group.ballot();
  }

  @Override
  boolean goesWithTheReplica() {
    return false; // a server remembers its promises for ever
  }
}
