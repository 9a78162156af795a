package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.time.Timestamp;
import java.util.List;

/**
 * A voter's answer to a {@link LeaseRequest}; it comes with a refusal too, because the next request
 * must echo it.
 *
 * @param lessee whom it answers; another start of the same server must not use it
 * @param until the lease asked for, or {@link Timestamp#MIN} if refused
 * @param counter the voter's counter for the lessee
 * @param revoked what was taken away since the counter that the request knew
 * @param all the voter no longer knows what that was: all groups must be confirmed again
 * @param repliedAt the voter's {@code TT.now().earliest}, to be echoed
 * @param readiness whether the voter itself could lead a group now
 */
public record LeaseReply(
    Lessee lessee,
    Timestamp until,
    LeaseCounter counter,
    List<Revocation> revoked,
    boolean all,
    Timestamp repliedAt,
    Readiness readiness) {
  public LeaseReply {
    revoked = List.copyOf(revoked);
  }

  /** Whether the lease was given. */
  public boolean granted() {
    return !until.equals(Timestamp.MIN);
  }
}
