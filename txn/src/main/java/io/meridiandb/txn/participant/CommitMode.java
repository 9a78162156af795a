package io.meridiandb.txn.participant;

import io.meridiandb.txn.TxnLimits;

/** What makes a transaction of several groups committed (protocol C3, G22). */
public enum CommitMode {
  /**
   * The votes of all participants, by {@link CommitDecision}, whoever looks at them: one round over
   * the WAN. Every participant knows all others.
   */
  IMPLIED,

  /**
   * An OUTCOME chosen at the anchor, and nothing else: two rounds. Only the anchor knows all
   * participants. Who asks the anchor when it has no outcome gets the transaction aborted there.
   */
  EXPLICIT;

  /** Chooses the mode of a transaction; production has {@link CommitMode#of}. */
  public interface Choice {
    /** See {@link CommitMode#of}. */
    CommitMode of(int participants, int listBytes);
  }

  /**
   * The mode for a transaction.
   *
   * @param participants how many groups take part
   * @param listBytes how many bytes their list takes in a vote
   */
  public static CommitMode of(int participants, int listBytes) {
    return participants > TxnLimits.IMPLIED_PARTICIPANTS_MAX
            || listBytes > TxnLimits.IMPLIED_LIST_BYTES_MAX
        ? EXPLICIT
        : IMPLIED;
  }
}
