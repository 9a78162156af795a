package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.Ballot;

/**
 * Who holds a lease: one start of one server. A restarted server is another lessee (protocol G3),
 * because it has forgotten what it promised its readers.
 */
public record Lessee(ServerId server, long incarnation) {
  /** The lessee that campaigned with {@code ballot}. */
  public static Lessee of(Ballot ballot) {
    return new Lessee(ballot.server(), ballot.incarnation());
  }
}
