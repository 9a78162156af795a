package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.lease.LeaseCounter;
import io.meridiandb.paxos.membership.Configuration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the replicas of one group say to each other. Any message may be lost, late, doubled or
 * overtaken.
 */
public sealed interface PaxosMessage {
  /** Whether it makes its receiver's log longer. */
  default boolean bringsEntries() {
    return this instanceof Accept accept && !accept.entries().isEmpty();
  }

  /**
   * How far a replica's log reaches. The greatest (lastBallot, lastIndex) of a majority holds every
   * chosen entry, because a replica takes over a leader's stamp only with its whole log (protocol
   * C1).
   */
  record LogState(Ballot lastBallot, long lastIndex, long commitIndex) {
    boolean isBetterThan(LogState other) {
      int byBallot = lastBallot.compareTo(other.lastBallot);
      return byBallot != 0 ? byBallot > 0 : lastIndex > other.lastIndex;
    }
  }

  /** Would you vote for me? Changes nothing at the voter, so a deaf node disturbs nobody. */
  record PreVote(long incarnation) implements PaxosMessage {}

  /** The answer; {@code commitIndex} spares a candidate members that have left long ago. */
  record PreVoteReply(boolean yes, Ballot promised, long commitIndex) implements PaxosMessage {}

  /** Phase 1a. */
  record Prepare(Ballot ballot) implements PaxosMessage {}

  /** Phase 1b: the promise is durable. {@code released} is the s_max of protocol G7. */
  record Promise(Ballot ballot, LogState log, LeaseCounter counter, Timestamp released)
      implements PaxosMessage {}

  /** No promise: something else is promised, or leased. */
  record Refusal(Ballot ballot, Ballot promised) implements PaxosMessage {}

  /** A candidate asks the voter with the best log for its entries from an index on. */
  record Fetch(Ballot ballot, long from) implements PaxosMessage {}

  /** An answer to Fetch; no entries if {@code from} was dropped behind a checkpoint. */
  record Suffix(Ballot ballot, long from, List<LogEntry> entries) implements PaxosMessage {}

  /**
   * Phase 2a: the entries after {@code prevIndex}.
   *
   * @param startIndex of the ballot's LEADER_START: a message that reaches it holds all that the
   *     leader adopted beyond {@code prevIndex}
   * @param trimIndex the receiver may forget entries up to here once it has a checkpoint of them:
   *     every other member that could need them has one
   * @param closed no entry after {@code closedIndex} has a timestamp up to this; {@link
   *     Timestamp#MIN} if nothing is promised (protocol G4, G20)
   * @param closedIndex the leader's last index when it promised that
   */
  record Accept(
      Ballot ballot,
      long startIndex,
      long prevIndex,
      List<LogEntry> entries,
      long commitIndex,
      long trimIndex,
      Timestamp closed,
      long closedIndex)
      implements PaxosMessage {
    /** Without a closed timestamp. */
    public Accept(
        Ballot ballot,
        long startIndex,
        long prevIndex,
        List<LogEntry> entries,
        long commitIndex,
        long trimIndex) {
      this(ballot, startIndex, prevIndex, entries, commitIndex, trimIndex, Timestamp.MIN, 0);
    }

    /** The same with a closed timestamp, fixed as the message is sent. */
    public Accept closing(Timestamp at, long lastIndex) {
      return new Accept(
          ballot, startIndex, prevIndex, entries, commitIndex, trimIndex, at, lastIndex);
    }
  }

  /**
   * Phase 2b: everything up to {@code index} is durable here under the ballot (protocol G5).
   *
   * @param checkpoint the state machine has this durable; at a witness: its log says that entries
   *     up to here are chosen, durably
   * @param applied the state machine has this; {@link #NO_DATA} at a witness
   */
  record Accepted(
      Ballot ballot,
      long index,
      long commitIndex,
      long checkpoint,
      long applied,
      LeaseCounter counter)
      implements PaxosMessage {
    /** A replica without a state machine, or whose state machine waits for an image. */
    public static final long NO_DATA = -1;
  }

  /**
   * The Accept could not be taken: a higher ballot is promised, or entries before it are missing.
   */
  record Behind(Ballot ballot, Ballot promised, LogState log) implements PaxosMessage {}

  /**
   * The holder of {@code ballot} has stopped for good: RELEASE of protocol G7 with a target,
   * ABANDON of G9 without one.
   *
   * @param state what the old leader's state machine ships to the target, which alone gets it
   */
  record Release(Ballot ballot, @Nullable ServerId target, Timestamp sMax, ByteString state)
      implements PaxosMessage {
    /** Without anything shipped. */
    public Release(Ballot ballot, @Nullable ServerId target, Timestamp sMax) {
      this(ballot, target, sMax, ByteString.EMPTY);
    }
  }

  /**
   * A voter that promised {@code ballot} asks its holder whether it still leads with it, or
   * campaigns: the holder's lease, which it may have for other groups, keeps the voter from
   * promising this one to anybody else. If not the holder answers with {@link Release} (protocol
   * G9: a RELEASE may have been lost).
   *
   * @param commit what the voter knows to be chosen: after a restart it may be less than it told
   *     the leader before, who says it again
   */
  record Inquiry(Ballot ballot, long commit) implements PaxosMessage {}

  /**
   * To one who asked, and may not know: entries up to {@code chosen} are chosen, and {@code
   * members} is in force there. See {@link MembersNewsHandler}.
   *
   * @param dispensable the leader says that nobody needs the receiver's replica any more
   */
  record MembersChosen(long chosen, Configuration members, boolean dispensable)
      implements PaxosMessage {}
}
