package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosInput.BecomeKind;
import io.meridiandb.paxos.core.PaxosInput.ChangeMembers;
import io.meridiandb.paxos.core.PaxosInput.Checkpointed;
import io.meridiandb.paxos.core.PaxosInput.Deliver;
import io.meridiandb.paxos.core.PaxosInput.Durable;
import io.meridiandb.paxos.core.PaxosInput.EntriesRead;
import io.meridiandb.paxos.core.PaxosInput.Flush;
import io.meridiandb.paxos.core.PaxosInput.HandOver;
import io.meridiandb.paxos.core.PaxosInput.ImageComing;
import io.meridiandb.paxos.core.PaxosInput.ImageInstalled;
import io.meridiandb.paxos.core.PaxosInput.Prefer;
import io.meridiandb.paxos.core.PaxosInput.Resign;
import io.meridiandb.paxos.core.PaxosInput.Tick;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Configuration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
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
  private final MembershipHandler members;
  private final HandOverHandler handOvers;
  private final ImageHandler images;
  private final MembersNewsHandler news;
  private final QuietHandler quiet;

  private PaxosCore(CoreState state) {
    s = state;
    roles = new RoleTransitions(s);
    handOvers = new HandOverHandler(s, roles);
    members = new MembershipHandler(s, handOvers);
    news = new MembersNewsHandler(s, roles, members);
    campaign = new CampaignHandler(s, roles, news);
    votes = new VoterHandler(s, roles, campaign, news);
    leading = new LeaderHandler(s, members, handOvers);
    images = new ImageHandler(s);
    quiet = new QuietHandler(s);
  }

  /**
   * A replica of {@code replica}'s group, as the log remembers it.
   *
   * @param voter the server's voter state; its promise of the group is restored here
   */
  public static PaxosCore recover(
      ReplicaSetting replica, VoterState voter, LeaseHolder holder, RecoveredGroup found) {
    CoreState.Setting setting =
        new CoreState.Setting(
            found.group(),
            holder.self(),
            Configuration.of(replica.initial()),
            replica.config(),
            replica.random());
    voter.restore(setting.group(), found.promised());
    PaxosCore core =
        new PaxosCore(new CoreState(setting, replica.preference(), voter, holder, found));
    core.s.holdsData = replica.holdsData();
    core.images.recover(replica.checkpointIndex());
    return core;
  }

  /** Reacts to {@code input}. */
  public PaxosEffects step(PaxosInput input) {
    s.now = input.now();
    if (s.role instanceof Leader leader) {
      leading.persistPending(leader);
    }
    switch (input) {
      case Tick tick -> {
        s.raiseSMax(tick.sMax());
        s.elections = tick.elections();
        s.memory = tick.memory();
        if (tick.led()) {
          s.heardToLead();
        }
        tick();
      }
      case Deliver deliver -> deliver(deliver.from(), deliver.message());
      case Durable durable -> durable(durable.point());
      case Flush flush -> {}
      case EntriesRead read -> entriesRead(read);
      case HandOver handOver -> handOver(handOver.target());
      case Resign resign -> {
        s.raiseSMax(resign.sMax());
        if (s.role instanceof Leader leader) {
          handOvers.resign(leader, resign);
        }
      }
      case Checkpointed done -> {
        s.checkpoint = Math.max(s.checkpoint, done.index());
        if (s.role instanceof Leader leader) {
          leader.trimDue = true;
        }
      }
      case ChangeMembers change -> {
        if (s.role instanceof Leader leader) {
          members.change(leader, change.target());
        }
      }
      case BecomeKind kind -> {
        campaign.stop();
        images.become(kind.holdsData(), kind.checkpointIndex());
      }
      case Prefer prefer -> s.prefer(prefer.preference());
      case ImageComing coming -> images.coming(coming.entry(), coming.members());
      case ImageInstalled installed -> images.installed(installed.entry());
    }
    if (s.role instanceof Leader leader) {
      leading.flush(leader);
      leading.settle(leader);
    }
    images.trim();
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

  /** Whether a leader is being found, or is moving, by what this replica does. */
  public boolean electing() {
    return switch (s.role) {
      case Follower follower -> false;
      case Candidate candidate -> true;
      case Leader leader -> !leader.serving || leader.handingOver;
    };
  }

  /**
   * Before this no tick would change anything, if nothing else happens; {@link Timestamp#MIN} if
   * one at {@code now} might. To be asked right after a tick, and again later if nothing has
   * happened since: leases may have become longer.
   */
  public Timestamp quietUntil(TTInterval now) {
    s.now = now;
    return quiet.until();
  }

  /** Whether {@link #append} would take a command. */
  public boolean canAppend() {
    return s.role instanceof Leader leader
        && leader.serving
        && !leader.handingOver
        && s.log.lastIndex() - s.commit < PaxosConfig.UNCHOSEN_ENTRIES_MAX
        && s.log.bytesBetween(s.commit, s.log.lastIndex()) < PaxosConfig.UNCHOSEN_BYTES_MAX;
  }

  private void tick() {
    votes.answerInquiries();
    switch (s.role) {
      case Follower follower -> campaign.tickFollower(follower);
      case Candidate candidate -> campaign.tickCandidate(candidate);
      case Leader leader -> leading.tick(leader);
    }
  }

  private void deliver(ServerId from, PaxosMessage message) {
    switch (message) {
      case PaxosMessage.PreVote m -> votes.onPreVote(from, m);
      case PaxosMessage.PreVoteReply m -> campaign.onPreVoteReply(from, m);
      case PaxosMessage.Prepare m -> votes.onPrepare(from, m);
      case PaxosMessage.Promise m -> onPromise(from, m);
      case PaxosMessage.Refusal m -> {
        campaign.onRefusal(m);
        handOvers.onDeclined(from, m);
      }
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
      case PaxosMessage.Release m -> votes.onRelease(from, m);
      case PaxosMessage.Inquiry m -> votes.onInquiry(from, m);
      case PaxosMessage.MembersChosen m -> news.onMembersChosen(m);
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

  /**
   * Whoever waits for the entries goes on: a leader's followers and the state machine by
   * themselves.
   */
  private void entriesRead(EntriesRead read) {
    Invariants.check(
        !read.entries().isEmpty() || read.from() <= s.log.baseIndex(),
        "%s: entry %d is not in the log any more",
        s.group(),
        read.from());
    s.reads.done();
    s.log.readBack(read.entries());
    votes.goOnServing();
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
      handOvers.leave(leader, target);
    }
  }

  /** Whether this replica leads and has begun to serve; the lease is another question. */
  public boolean serving() {
    return s.role instanceof Leader leader && leader.serving;
  }

  /**
   * Whether leases are worth asking for: it leads, or is about to. Not while it only asks around: a
   * lease binds the voter to what it promised this server before, which may be of no use any more.
   */
  public boolean wantsLease() {
    return switch (s.role) {
      case Follower follower -> false;
      case Candidate candidate -> candidate.phase != Candidate.Phase.PRE_VOTE;
      case Leader leader -> true;
    };
  }

  /** The members now, or while they change the sets that must agree. */
  public Configuration members() {
    return s.members();
  }

  /** Everybody whose vote may matter. */
  public SortedSet<ServerId> electorate() {
    return s.electorate();
  }

  /** The configuration in force at {@code index}. */
  public Configuration membersAt(long index) {
    return s.log.configurations().at(index).getValue();
  }

  /** Whether the state machine lacks entries that are no longer in the log. */
  public boolean needsImage() {
    return s.needsImage();
  }

  /** Where the log of a new witness may begin; negative if that cannot be said here and now. */
  public long witnessStart() {
    return s.role instanceof Leader leader ? members.witnessStart(leader) : -1;
  }

  /** How far the other voters lag, if this replica leads; empty if not. */
  public List<VoterLag> lags(TTInterval now) {
    s.now = now;
    return s.role instanceof Leader leader ? leading.lags(leader) : List.of();
  }

  /** The entry at {@code index}; null if it is not in memory. */
  public @Nullable LogEntry entry(long index) {
    return s.log.here(index) ? s.log.entry(index) : null;
  }

  /** Whether the log has the entry at {@code index}, in memory or on the disk. */
  public boolean holds(long index) {
    return s.log.holds(index);
  }

  /** What of the log is in memory, in bytes. */
  public long bytesInMemory() {
    return s.log.bytesInMemory();
  }

  /** How far a later replica of this server must reach before it may vote. */
  public PaxosMessage.LogState voteFloor() {
    return s.voteFloor();
  }

  /** The last dropped index. */
  public long baseIndex() {
    return s.log.baseIndex();
  }

  /** What the log holds, in bytes. */
  public long logBytes() {
    return s.log.bytes();
  }

  /** Whether this replica leads and {@code server} follows it, as a member or about to be one. */
  boolean sendsTo(ServerId server) {
    return s.role instanceof Leader leader && leader.followers.containsKey(server);
  }

  /** Whether the log is that of the leader of {@code ballot}, whom this replica follows. */
  public boolean follows(Ballot ballot) {
    return s.role instanceof Follower
        && s.log.lastBallot().equals(ballot)
        && promised().equals(ballot);
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
          case Follower follower -> s.removed ? "follower, removed" : "follower";
          case Candidate candidate -> "candidate(" + candidate.phase + ")";
          case Leader leader -> leader.serving ? "leader(serving)" : "leader";
        };
    return "%s promised %s, log %d..%d@%s, chosen %d"
        .formatted(
            role, promised(), s.log.baseIndex() + 1, lastIndex(), s.log.lastBallot(), s.commit);
  }
}
