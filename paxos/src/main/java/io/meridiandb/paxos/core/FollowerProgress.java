package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import org.jspecify.annotations.Nullable;

/** What a leader knows of one follower. Invariant: acked < nextIndex once synced. */
final class FollowerProgress {
  final ServerId server;

  /** Whether the follower's log is known to be this leader's, up to {@link #acked}. */
  boolean synced;

  /** Everything up to here is durable there under the leader's ballot. */
  long acked;

  /** The next entry to send. */
  long nextIndex;

  /**
   * Whether something was sent that must be answered before more goes out; only while not synced.
   */
  boolean waiting;

  /** Where sending began again after a gap, so that one gap causes one repetition. */
  long rewoundTo;

  long commitSent;

  /** What it has said that it knows to be chosen. */
  long commitKnown;

  /** What its state machine has durable; nothing at a witness. */
  long checkpoint;

  /** A witness knows durably that entries up to here are chosen; what follows must be sent. */
  long witnessed;

  /** What its state machine has; {@link PaxosMessage.Accepted#NO_DATA} at a witness. */
  long applied = PaxosMessage.Accepted.NO_DATA;

  /** Since when it lacks an entry, or gives no lease; null if neither. See {@link VoterLag}. */
  @Nullable Timestamp lacksSince;

  /** The last entry then: once it has that one it gets on. */
  long lacksIndex;

  /** Bytes of the log up to what it has; negative before that is known. */
  long hasBytes = -1;

  /** It is no member any more, and is only told so; until when at the latest. */
  @Nullable Timestamp leavesAt;

  Timestamp retryAt = Timestamp.MIN;

  FollowerProgress(ServerId server) {
    this.server = server;
  }
}
