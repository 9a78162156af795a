package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;

/** A voter's answer to a candidate. */
public sealed interface Vote {
  /**
   * The promise is made.
   *
   * @param isNew whether it must be made durable first; false for a repeated question
   * @param counter the voter's counter for the candidate
   * @param released the s_max that came with the old leader's release; {@link Timestamp#MIN} if the
   *     old lease was over (protocol G7)
   */
  record Granted(boolean isNew, LeaseCounter counter, Timestamp released) implements Vote {}

  /**
   * No promise.
   *
   * @param promised what is promised instead
   */
  record Refused(Ballot promised, Reason reason) implements Vote {}

  /** Why a vote is refused. */
  enum Reason {
    /** The ballot is not above the one promised. */
    BALLOT_TOO_LOW,
    /** The voter may have given a lease before it started, and does not remember (protocol G2). */
    RESTART_SILENCE,
    /** The lease that the voter gave the group's leader may still be running. */
    LEASED
  }
}
