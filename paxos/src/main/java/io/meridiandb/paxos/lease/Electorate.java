package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.membership.Quorum;
import java.util.function.Function;

/**
 * The voters that some groups have in common. Leases are given a pair of servers, so where all of
 * these voters count for a group its lease ends when those of all such groups do: worked out once
 * for all of them, as there may be a thousand.
 */
final class Electorate {
  final Quorum quorum;

  /** How many groups that are led have it. */
  int groups;

  private Timestamp end = Timestamp.MIN;
  private long endAt = -1;

  Electorate(Quorum quorum) {
    this.quorum = quorum;
  }

  /**
   * The end of the lease of a group for which all of the voters count.
   *
   * @param changes rises whenever {@code given} has changed
   * @param given until when each voter has given a lease
   */
  Timestamp end(long changes, Function<ServerId, Timestamp> given) {
    if (endAt != changes) {
      end = quorum.reached(given);
      endAt = changes;
    }
    return end;
  }
}
