package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.lease.GroupClock;
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
   * The state machine's durable checkpoint now covers all entries up to {@code index}: the log may
   * drop them, as far as no other member may still need them.
   */
  void checkpointed(long index);

  /**
   * Hands the leadership to another member (protocol G7): stops appending, waits until everything
   * appended is chosen, then releases the lease to {@code target}. Does nothing if this replica
   * does not lead.
   *
   * @param target a full member that is up; null: the one that is furthest
   */
  void handOver(@Nullable ServerId target);
}
