package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.LogState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a replica is at the moment.
 *
 * <pre>
 * from       to         when
 * Follower   Candidate  no lease binds the own voter any more, and the random wait is over
 *                       (or a RELEASE names this server)
 * Candidate  Candidate  PRE_VOTE: a majority would vote -> OWN_PROMISE: the own promise is durable ->
 *                       PREPARE: a majority has promised -> FETCH: another's log is better
 * Candidate  Leader     the best log of a majority is here
 * Candidate  Follower   nothing has helped for too long, or a candidate of a higher ballot asks for
 *                       the own promise: ABANDON (protocol G9)
 * Leader     Follower   the own voter promised a higher ballot (protocol G5), the lease has been
 *                       out for a lease, or a planned hand-over: RELEASE (protocol G7)
 * </pre>
 *
 * {@link RoleTransitions} makes all the moves.
 */
sealed interface Role {

  /** Follows a leader, or waits for one. */
  final class Follower implements Role {
    @Nullable ServerId leader;

    /** When to campaign if still leaderless; null while a lease binds the own voter. */
    @Nullable Timestamp campaignAt;
  }

  /** Tries to become leader. */
  final class Candidate implements Role {
    enum Phase {
      PRE_VOTE,
      OWN_PROMISE,
      PREPARE,
      FETCH
    }

    Phase phase = Phase.PRE_VOTE;
    Ballot ballot = Ballot.ZERO;
    Ballot highestSeen = Ballot.ZERO;
    final TreeSet<ServerId> willing = new TreeSet<>();
    final Map<ServerId, PaxosMessage.Promise> promises = new TreeMap<>();

    /** Whose log is adopted, and what of it has come. */
    @Nullable ServerId source;

    LogState wanted = new LogState(Ballot.ZERO, 0, 0);
    final List<LogEntry> fetched = new ArrayList<>();

    /** Whether all of {@link #wanted} is here. */
    boolean complete;

    /** Somebody knows that entries up to here are chosen. */
    long known;

    /** Who is asked; grows when an adopted log names more members (protocol G6). */
    final TreeSet<ServerId> electorate = new TreeSet<>();

    /** If nothing helps the candidacy until then, it is given up. */
    Timestamp giveUpAt;

    Timestamp retryAt;

    /** When it began, and when its own promise was durable. */
    Timestamp begun = Timestamp.MIN;

    Timestamp prepared = Timestamp.MIN;

    Candidate(Timestamp retryAt, Timestamp giveUpAt) {
      this.retryAt = retryAt;
      this.giveUpAt = giveUpAt;
    }
  }

  /** Leads with a ballot; serves once its LEADER_START is chosen and its lease holds. */
  final class Leader implements Role {
    final Ballot ballot;
    final long startIndex;
    final Map<ServerId, FollowerProgress> followers = new TreeMap<>();

    /** Up to where the own log is durable under the ballot (protocol G5: its vote). */
    long ownDurable;

    /** Entries from here on have not been handed to the log yet. */
    long persistFrom;

    boolean serving;

    /** Appends have stopped. */
    boolean handingOver;

    /** To whom it hands over; before that the only one to whom it is to, or null. */
    @Nullable ServerId successor;

    /** It is to leave as soon as somebody can take over, and then at the latest; or stays. */
    @Nullable Timestamp leavesBy;

    /** A witness may forget entries up to here (protocol G26). */
    long witnessTrim;

    /** Whether something has changed by which logs might be forgotten further. */
    boolean trimDue = true;

    /** When it looks again at who lags. */
    Timestamp lagsAt = Timestamp.MIN;

    /** What this leader was asked to make of the members; null if nothing is under way. */
    @Nullable MemberChange change;

    /** Before this it does not think about a better place for the leader. */
    @Nullable Timestamp preferAt;

    /** Since when the lease has been out; null while it holds. */
    @Nullable Timestamp leaselessSince;

    Leader(Ballot ballot, long startIndex) {
      this.ballot = ballot;
      this.startIndex = startIndex;
    }
  }
}
