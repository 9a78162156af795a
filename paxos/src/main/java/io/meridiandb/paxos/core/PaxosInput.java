package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can happen to a replica. Time comes in with it; the core reads no clock. */
public sealed interface PaxosInput {
  /** TrueTime, read after the cause of the input. */
  TTInterval now();

  /**
   * Time has passed. {@code sMax}: the highest timestamp assigned or promised here. {@code
   * elections}: whether this replica may campaign, or hand over to a better place; if not it asks
   * again at the next tick. {@code memory}: so many bytes of chosen entries may stay in memory.
   * {@code led}: whether the holder of what is promised here has said lately, beside the messages
   * of this group, that it leads with it.
   */
  record Tick(TTInterval now, Timestamp sMax, boolean elections, long memory, boolean led)
      implements PaxosInput {
    /** Elections may begin, and only messages tell of leaders. */
    public Tick(TTInterval now, Timestamp sMax) {
      this(now, sMax, true, PaxosConfig.MEMORY_BYTES_MAX, false);
    }
  }

  /** A message has arrived. */
  record Deliver(TTInterval now, ServerId from, PaxosMessage message) implements PaxosInput {}

  /** What was to be persisted up to {@code point} is durable. */
  record Durable(TTInterval now, DurablePoint point) implements PaxosInput {}

  /** Persist and send what {@link PaxosCore#append} has added. */
  record Flush(TTInterval now) implements PaxosInput {}

  /**
   * The log has been asked for the entries from {@code from} on ({@link Signal.ReadEntries}).
   *
   * @param entries without holes; none if {@code from} has been dropped meanwhile
   */
  record EntriesRead(TTInterval now, long from, List<LogEntry> entries) implements PaxosInput {}

  /** Stop appending, and say when everything is chosen; then comes {@link Resign}. */
  record HandOver(TTInterval now, @Nullable ServerId target) implements PaxosInput {}

  /** The leader has stopped serving; {@code sMax} is final, {@code state} is for the target. */
  record Resign(TTInterval now, @Nullable ServerId target, Timestamp sMax, ByteString state)
      implements PaxosInput {
    /** With nothing to ship. */
    public Resign(TTInterval now, @Nullable ServerId target, Timestamp sMax) {
      this(now, target, sMax, ByteString.EMPTY);
    }
  }

  /** Make {@code target} the members. */
  record ChangeMembers(TTInterval now, ReplicaSet target) implements PaxosInput {}

  /** Leaders are wanted elsewhere. */
  record Prefer(TTInterval now, LeaderPreference preference) implements PaxosInput {}

  /** The replica has data from now on, up to {@code checkpointIndex}, or has none any more. */
  record BecomeKind(TTInterval now, boolean holdsData, long checkpointIndex)
      implements PaxosInput {}

  /**
   * The head of an image has come: it ends with {@code entry}, and who belonged to the group there.
   */
  record ImageComing(TTInterval now, LogEntry entry, Configuration members) implements PaxosInput {}

  /** The state machine has taken in, durably, the state after {@code entry}, which is chosen. */
  record ImageInstalled(TTInterval now, LogEntry entry) implements PaxosInput {}

  /** The state machine has a durable checkpoint at {@code index}. */
  record Checkpointed(TTInterval now, long index) implements PaxosInput {}
}
