package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A group's replica on this server, as its state machine and the transactions above it see it. All
 * methods are called on the server strand.
 */
public interface Replica {
  /** Which group. */
  GroupId group();

  /**
   * Whether this replica leads and its lease covers this moment for sure. Ask again after any step
   * that may have taken time.
   */
  boolean leaseValidNow();

  /**
   * Whether this replica leads and its lease covers a moment; for an observer that has peeked at
   * the clock: nothing changes, and it is not asked whether the server is fenced.
   */
  boolean leaseValidAt(TTInterval moment);

  /** Who leads as far as this replica knows: itself, the leader it follows, or null. */
  @Nullable ServerId leaderHint();

  /** The highest ballot promised here; while this replica leads, the ballot of its term. */
  Ballot ballot();

  /** The group's clock: timestamps assigned and promised, the lease's end. */
  GroupClock clock();

  /** The last index applied here. */
  long appliedIndex();

  /**
   * Appends a command to the log and replicates it.
   *
   * @param payload makes the command from the timestamp assigned to it; called inside this call, at
   *     once, at most once; the result must not exceed {@code LogEntry.PAYLOAD_BYTES_MAX}
   * @throws NotLeaderException if this replica does not lead or its lease does not reach far
   *     enough; nothing was appended
   */
  Proposal propose(Function<Timestamp, ByteString> payload);

  /** As {@link #propose(Function)} for a command that does not depend on its timestamp. */
  default Proposal propose(ByteString payload) {
    return propose(timestamp -> payload);
  }

  /**
   * Whether this server's disk has no room for more of the log: a leader's participant then takes
   * nothing that must be logged (SQLSTATE 53100). Reads go on.
   */
  default boolean logFull() {
    return false;
  }

  /**
   * Runs {@code task} on the server strand once this server's own log has forced everything that
   * was applied here so far. What is chosen may be applied before that, if a majority of others
   * holds it; but a checkpoint that reached further than the log would, after a crash, leave a log
   * that lacks entries below the checkpoint or holds other ones there. So a checkpoint is made
   * durable only after this.
   */
  void whenLogged(Runnable task);

  /**
   * The state machine's durable checkpoint now covers all entries up to {@code index}: the log may
   * drop them, as far as no other member may still need them.
   */
  void checkpointed(long index);

  /** The members, as far as this replica's log tells; the members to be while they change. */
  ReplicaSet members();

  /**
   * How far the other voters lag, if this replica leads; {@link VoterLag#tooFar} says who is to be
   * replaced. Empty if it does not lead.
   */
  default List<VoterLag> lags() {
    return List.of();
  }

  /**
   * Changes the members: new ones first follow without a vote until they have caught up, then both
   * sets must agree, then the new one alone (protocol C1, G6). A leader that is not among the new
   * full replicas hands over at the end.
   *
   * <p>Before the call each new server has opened its replica ({@link ReplicaHost#open}). A change
   * that has begun goes on under later leaders; asking again for the same target is safe.
   *
   * @return completes on the server strand once the new set alone is chosen; fails with {@link
   *     NotLeaderException} if this replica does not lead, with {@link LeadershipLostException} if
   *     it led no longer before the end, with {@link IllegalStateException} if another change is
   *     under way or a new member does not catch up
   */
  CompletableFuture<Void> changeMembers(ReplicaSet target);

  /**
   * Every entry with a timestamp at or below this is applied here, and none will follow: a read at
   * it is complete (protocol G20). Rises only; {@link Timestamp#MIN} before anything is known.
   */
  Timestamp closed();

  /**
   * Runs {@code task} on the server strand once {@link #closed} has reached {@code t}; at once, in
   * this call, if it has. Never if the replica is closed or cut off: the caller has a time limit.
   */
  void whenClosed(Timestamp t, Runnable task);

  /**
   * All later timestamps of this leader are above {@code floor} (protocol G8). It may lie beyond
   * the lease: then commands wait until the lease reaches further.
   */
  void raiseFloor(Timestamp floor);

  /** From now on leaders are wanted where {@code preference} says. */
  void prefer(LeaderPreference preference);

  /**
   * Hands the leadership to another member (protocol G7): stops appending, waits until everything
   * appended is chosen, then releases the lease to {@code target}. Does nothing if this replica
   * does not lead.
   *
   * @param target a full member that is up; null: the one that is furthest
   */
  void handOver(@Nullable ServerId target);
}
