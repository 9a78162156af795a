package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosInput.Checkpointed;
import io.meridiandb.paxos.core.PaxosInput.Deliver;
import io.meridiandb.paxos.core.PaxosInput.Durable;
import io.meridiandb.paxos.core.PaxosInput.Flush;
import io.meridiandb.paxos.core.PaxosInput.HandOver;
import io.meridiandb.paxos.core.PaxosInput.Resign;
import io.meridiandb.paxos.core.PaxosInput.Tick;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Quorum;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one group as a state machine without clock, thread or file: {@link #step} takes
 * what happened and returns what to do. It shares the server's {@link VoterState} and {@link
 * LeaseHolder} with the cores of the other groups, on one strand.
 *
 * <p>Multi-Paxos with one log without holes (protocol C1). A replica's log always is the whole log
 * of one leader, up to some point, and carries that leader's ballot at its end; entries known to be
 * chosen are a prefix of it. The log with the greatest (ballot, index) of a majority therefore
 * holds all chosen entries, and a new leader takes it over whole, stamps what is not known to be
 * chosen with its own ballot, and begins with LEADER_START.
 */
public final class PaxosCore {
  private final CoreState s;
  private final RoleTransitions roles;
  private final CampaignHandler campaign;
  private final VoterHandler votes;
  private final LeaderHandler leading;

  /**
   * A replica as the log remembers it.
   *
   * @param setting who and where it is
   * @param voter the server's voter state; its promise of the group is restored here
   */
  PaxosCore(CoreState.Setting setting, VoterState voter, LeaseHolder holder, RecoveredGroup found) {
    voter.restore(setting.group(), found.promised());
    s = new CoreState(setting, voter, holder, found);
    roles = new RoleTransitions(s);
    campaign = new CampaignHandler(s, roles);
    votes = new VoterHandler(s, roles, campaign);
    leading = new LeaderHandler(s, roles);
  }

  /** A replica of {@code replica}'s group, as the log remembers it. */
  public static PaxosCore recover(
      ReplicaSetting replica, VoterState voter, LeaseHolder holder, RecoveredGroup found) {
    CoreState.Setting setting =
        new CoreState.Setting(
            found.group(),
            holder.self(),
            Quorum.majorityOf(replica.initial().voters()),
            replica.config(),
            replica.preference().delay(holder.self().server()),
            replica.random());
    PaxosCore core = new PaxosCore(setting, voter, holder, found);
    if (replica.checkpointIndex() > core.s.log.lastIndex()) {
      // Entries can be chosen by others, applied and in a checkpoint before the own log has them.
      core.s.log.beginAfter(replica.checkpointIndex());
      core.s.persist(
          new LogRecord.CutPrefix(
              found.group(), replica.checkpointIndex(), core.s.log.baseBallot()));
    }
    core.s.delivered = Math.max(core.s.delivered, replica.checkpointIndex());
    core.s.checkpoint = core.s.delivered;
    core.s.commit = Math.max(core.s.commit, core.s.delivered);
    return core;
  }

  /** Reacts to {@code input}. */
  public PaxosEffects step(PaxosInput input) {
    s.now = input.now();
    if (s.role instanceof Leader leader) {
      leading.persistPending(leader);
    }
    switch (input) {
      case Tick tick -> tick();
      case Deliver deliver -> deliver(deliver.from(), deliver.message());
      case Durable durable -> durable(durable.point());
      case Flush flush -> {}
      case HandOver handOver -> handOver(handOver.target());
      case Resign resign -> {
        if (s.role instanceof Leader leader) {
          leading.resign(leader, resign.target(), resign.sMax());
        }
      }
      case Checkpointed done -> s.checkpoint = Math.max(s.checkpoint, done.index());
    }
    if (s.role instanceof Leader leader) {
      leading.flush(leader);
      leading.settle(leader);
    }
    trim();
    return s.takeEffects();
  }

  /**
   * A leader appends a command; {@link PaxosInput.Flush} must follow soon. Appends of one flush go
   * to the disk and to the followers together.
   *
   * @return the entry; empty if this replica does not lead, hands over, or has too much unchosen
   */
  public Optional<LogEntry> append(Timestamp timestamp, ByteString payload) {
    if (!(s.role instanceof Leader leader) || !canAppend()) {
      return Optional.empty();
    }
    Invariants.check(
        timestamp.isAfter(s.log.highestTimestamp()),
        "%s: timestamp %s after %s",
        s.group(),
        timestamp,
        s.log.highestTimestamp());
    LogEntry entry =
        new LogEntry(s.log.lastIndex() + 1, leader.ballot, EntryKind.COMMAND, timestamp, payload);
    s.log.append(entry);
    return Optional.of(entry);
  }

  /** Whether {@link #append} would take a command. */
  public boolean canAppend() {
    return s.role instanceof Leader leader
        && leader.serving
        && !leader.handingOver
        && s.log.lastIndex() - s.commit < PaxosConfig.UNCHOSEN_ENTRIES_MAX
        && unchosenBytes() < PaxosConfig.UNCHOSEN_BYTES_MAX;
  }

  private long unchosenBytes() {
    long bytes = 0;
    for (long i = s.log.lastIndex(); i > s.commit && bytes < PaxosConfig.UNCHOSEN_BYTES_MAX; i--) {
      bytes += s.log.entry(i).bytes();
    }
    return bytes;
  }

  private void tick() {
    switch (s.role) {
      case Follower follower -> campaign.tickFollower(follower);
      case Candidate candidate -> campaign.tickCandidate(candidate);
      case Leader leader -> leading.tick(leader);
    }
  }

  private void deliver(ServerId from, PaxosMessage message) {
    if (!s.setting.quorum().voters().contains(from)) {
      return;
    }
    switch (message) {
      case PaxosMessage.PreVote m -> votes.onPreVote(from, m);
      case PaxosMessage.PreVoteReply m -> campaign.onPreVoteReply(from, m);
      case PaxosMessage.Prepare m -> votes.onPrepare(from, m);
      case PaxosMessage.Promise m -> onPromise(from, m);
      case PaxosMessage.Refusal m -> campaign.onRefusal(m);
      case PaxosMessage.Fetch m -> votes.onFetch(from, m);
      case PaxosMessage.Suffix m -> campaign.onSuffix(from, m);
      case PaxosMessage.Accept m -> votes.onAccept(from, m);
      case PaxosMessage.Accepted m -> {
        if (s.role instanceof Leader leader) {
          leading.onAccepted(leader, from, m);
        }
      }
      case PaxosMessage.Behind m -> {
        if (s.role instanceof Leader leader) {
          leading.onBehind(leader, from, m);
        }
      }
      case PaxosMessage.Release m -> votes.onRelease(m);
    }
  }

  /** A promise that comes after the majority still confirms the voter's part of the lease. */
  private void onPromise(ServerId from, PaxosMessage.Promise message) {
    if (s.role instanceof Leader leader && leader.ballot.equals(message.ballot())) {
      s.holder.confirm(s.group(), leader.ballot, from, message.counter());
    } else {
      campaign.onPromise(from, message);
    }
  }

  private void durable(DurablePoint point) {
    switch (s.role) {
      case Follower follower -> {}
      case Candidate candidate -> campaign.onDurable(candidate, point);
      case Leader leader -> leading.onDurable(leader, point);
    }
  }

  private void handOver(@Nullable ServerId target) {
    if (s.role instanceof Leader leader) {
      leader.handingOver = true;
      leader.handOverTarget = target == null ? furthest(leader) : target;
    }
  }

  private static @Nullable ServerId furthest(Leader leader) {
    ServerId best = null;
    long acked = -1;
    for (FollowerProgress follower : leader.followers.values()) {
      if (follower.acked > acked) {
        acked = follower.acked;
        best = follower.server;
      }
    }
    return best;
  }

  /** Forgets entries that a checkpoint covers, here and at all members, or past the limit. */
  private void trim() {
    long upTo = Math.min(s.checkpoint, s.delivered);
    if (s.log.bytes() <= PaxosConfig.KEPT_BYTES_MAX) {
      upTo = Math.min(upTo, s.trim);
    }
    if (upTo > s.log.baseIndex()) {
      s.log.cutPrefix(upTo);
      s.persist(new LogRecord.CutPrefix(s.group(), upTo, s.log.baseBallot()));
    }
  }

  /** Whether this replica leads and has begun to serve; the lease is another question. */
  public boolean serving() {
    return s.role instanceof Leader leader && leader.serving;
  }

  /** Whether leases are worth asking for: it leads, or is about to. */
  public boolean wantsLease() {
    return !(s.role instanceof Follower);
  }

  /** Who leads, as far as is known here. */
  public @Nullable ServerId leader() {
    return switch (s.role) {
      case Follower follower -> follower.leader;
      case Candidate candidate -> null;
      case Leader leader -> s.self();
    };
  }

  /** The highest ballot promised. */
  public Ballot promised() {
    return s.voter.promised(s.group());
  }

  /** The last entry known to be chosen. */
  public long commitIndex() {
    return s.commit;
  }

  /** The last entry of the log. */
  public long lastIndex() {
    return s.log.lastIndex();
  }

  /** The ballot whose whole log this replica has, up to {@link #lastIndex}. */
  public Ballot lastBallot() {
    return s.log.lastBallot();
  }

  /** One line for people and scenarios. */
  @Override
  public String toString() {
    String role =
        switch (s.role) {
          case Follower follower -> "follower";
          case Candidate candidate -> "candidate(" + candidate.phase + ")";
          case Leader leader -> leader.serving ? "leader(serving)" : "leader";
        };
    return "%s promised %s, log %d..%d@%s, chosen %d"
        .formatted(
            role, promised(), s.log.baseIndex() + 1, lastIndex(), s.log.lastBallot(), s.commit);
  }
}
