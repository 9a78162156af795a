package io.meridiandb.paxos.core;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.core.PaxosMessage.LogState;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.Quorum;
import io.meridiandb.paxos.membership.ReplicaSet.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The state of one replica, and the effects that the current step has gathered. */
final class CoreState {
  /** A voter that nobody asks for its vote asks so rarely whether its leader still leads. */
  private static final int INQUIRE_LEASES = 8;

  /** Who and where the replica is; fixed. */
  record Setting(
      GroupId group, Lessee self, Configuration initial, PaxosConfig config, RandomSource random) {}

  /** A candidate's question that waits for entries to be read. */
  record AwaitedFetch(ServerId from, PaxosMessage.Fetch message) {}

  /** A candidate has asked for a promise that belongs to a leader still. */
  record EarlyPrepare(ServerId from, PaxosMessage.Prepare message) {}

  final Setting setting;
  final VoterState voter;
  final LeaseHolder holder;
  final GroupLog log;

  /** What is to be read from the disk. */
  final OldReads reads = new OldReads();

  /** So many bytes of chosen entries may stay in memory. */
  long memory = PaxosConfig.MEMORY_BYTES_MAX;

  Role role = new Role.Follower();

  /** Entries up to here are known to be chosen; all of them are in the log or below its base. */
  long commit;

  /**
   * Entries up to here were given out as chosen. Below the base of the log while an image is
   * missing.
   */
  long delivered;

  /** The commit index that the log remembers; it goes along with other records. */
  long hinted;

  /** Entries up to here are in the own state machine's durable checkpoint. */
  long checkpoint;

  /** Nobody else needs the entries up to here, as the leader sees it. */
  long trim;

  /** Whether there is a state machine; a witness has none. */
  boolean holdsData = true;

  /** Whether the server has room for another election. */
  boolean elections = true;

  /** A chosen entry made it a witness, and it was not given data since: what it has goes. */
  private boolean dataGoes;

  /** Where leaders are wanted. */
  PaxosConfig.LeaderPreference preference;

  /** How long this replica leads before it hands over to a better place; doubled each time. */
  Duration preferAfter;

  /**
   * How long a candidate waits for something that helps it. Doubled by each candidacy that waited
   * in vain, up to a lease, and then kept: so long a round trip to the voters needed may take.
   */
  Duration patience;

  /** Nothing is promised before the log reaches as far: an earlier replica here had voted so. */
  private final LogState voteFloor;

  /** A ballot that a server without a vote has promised; campaigns go above it. */
  Ballot seen = Ballot.ZERO;

  /** At least every timestamp that was assigned, served or closed here in this start. */
  Timestamp sMax = Timestamp.MIN;

  /** Who asks whether ballots of this server are still in use. */
  final Map<ServerId, Ballot> inquiries = new TreeMap<>();

  /** It was told that it is no member any more, and no leader has sent anything since. */
  boolean removed;

  /** The last candidate that was promised has asked for old entries. */
  @Nullable AwaitedFetch awaited;

  /** The last candidate that was refused because of a lease. */
  @Nullable EarlyPrepare early;

  /** When a leader last sent something. */
  Timestamp heardAt = Timestamp.MIN;

  /** How often one of the others was asked in turn. */
  int askedInTurn;

  /** When this voter asks the holder of what it promised, though nobody wants its vote. */
  @Nullable Timestamp inquireAt;

  /** What came with the release that this server campaigns on; as long as it campaigns. */
  @Nullable Inheritance shipped;

  /** When the own ballot that was given up is told again. */
  Timestamp releaseAgainAt = Timestamp.MIN;

  PaxosMessage.Release lastRelease = NO_RELEASE;

  static final PaxosMessage.Release NO_RELEASE =
      new PaxosMessage.Release(Ballot.ZERO, null, Timestamp.MIN);

  TTInterval now = new TTInterval(Timestamp.MIN, Timestamp.MIN);
  private List<LogRecord> persist = new ArrayList<>();
  private List<Outgoing> sendAfterPersist = new ArrayList<>();
  private List<Outgoing> send = new ArrayList<>();
  private List<Signal> signals = new ArrayList<>();

  CoreState(
      Setting setting,
      PaxosConfig.LeaderPreference preference,
      VoterState voter,
      LeaseHolder holder,
      RecoveredGroup recovered) {
    this.setting = setting;
    this.preference = preference;
    this.preferAfter = setting.config().lease().length().dividedBy(2);
    this.patience = setting.config().retry().multipliedBy(4);
    this.voter = voter;
    this.holder = holder;
    this.log = new GroupLog(recovered, setting.initial());
    this.voteFloor =
        new LogState(recovered.membership().floorBallot(), recovered.membership().floorIndex(), 0);
    this.commit = Math.max(recovered.commitHint(), recovered.baseIndex());
    this.delivered = recovered.baseIndex();
    this.checkpoint = recovered.baseIndex();
    this.hinted = commit;
    Invariants.check(
        commit <= log.lastIndex(), "chosen %d but last is %d", commit, log.lastIndex());
    noteKind(log.configurations().at(commit).getValue());
  }

  /** A configuration is known to be chosen. */
  void noteKind(Configuration chosen) {
    if (!chosen.joint()) {
      dataGoes = chosen.target().kindOf(self()) == Kind.WITNESS;
    }
  }

  /** The driver has given it data, and knows all that it knows. */
  void dataWanted() {
    dataGoes = false;
  }

  /**
   * Up to where the state machine will be after this step, for a leader that may count on it. A
   * driver drops the data of a witness as soon as it learns of that, or at its next start.
   */
  long applied() {
    if (!holdsData || dataGoes || needsImage()) {
      return PaxosMessage.Accepted.NO_DATA;
    }
    return delivers() ? commit : delivered;
  }

  /** Whether all that is chosen is given out in this step: nothing of it has to be read before. */
  boolean delivers() {
    return delivered >= log.lastOld();
  }

  /** Whether entry {@code index} need not be read first; otherwise it is wanted now. */
  boolean reach(long index) {
    boolean here = !log.holds(index) || log.here(index);
    if (!here) {
      reads.want(index);
    }
    return here;
  }

  GroupId group() {
    return setting.group();
  }

  ServerId self() {
    return setting.self().server();
  }

  /** Leaders are wanted elsewhere from now on. */
  void prefer(PaxosConfig.LeaderPreference wanted) {
    preference = wanted;
    preferAfter = setting.config().lease().length().dividedBy(2);
  }

  /** The members now. */
  Configuration members() {
    return log.configurations().current();
  }

  /** Who must agree now. */
  Quorum quorum() {
    return log.configurations().quorum();
  }

  /** Everybody whose vote may matter, from the last configuration known to be chosen on. */
  SortedSet<ServerId> electorate() {
    return commit >= log.configurations().currentIndex()
        ? members().quorum().voters()
        : votersOf(log.configurations().from(commit));
  }

  static SortedSet<ServerId> votersOf(List<Configuration> configurations) {
    SortedSet<ServerId> voters = new TreeSet<>();
    configurations.forEach(each -> voters.addAll(each.quorum().voters()));
    return voters;
  }

  /** Whether the state machine lacks entries that are no longer in the log. */
  boolean needsImage() {
    return holdsData && delivered < log.baseIndex();
  }

  /** The furthest that any replica of the group reached on this server. */
  LogState voteFloor() {
    return voteFloor.isBetterThan(logState()) ? voteFloor : logState();
  }

  /** Whether this replica votes: not before it has all that an earlier one here had voted for. */
  boolean mayVote() {
    return !voteFloor.isBetterThan(logState());
  }

  /**
   * Whether this replica may campaign: a full one that lacks nothing, on a server that stays. As
   * long as it is not known to be chosen that it is none any more it still is one: those who are to
   * be full then may not know.
   */
  boolean mayLead() {
    return holdsData && !voter.leaving() && !needsImage() && mayVote() && isFull();
  }

  private boolean isFull() {
    return members().full().contains(self())
        || (commit < log.configurations().currentIndex()
            && log.configurations().from(commit).stream()
                .anyMatch(each -> each.full().contains(self())));
  }

  LogState logState() {
    return new LogState(log.lastBallot(), log.lastIndex(), commit);
  }

  void persist(LogRecord record) {
    persist.add(record);
  }

  void send(ServerId to, PaxosMessage message) {
    Invariants.check(!to.equals(self()), "a replica sends nothing to itself");
    send.add(new Outgoing(to, message));
  }

  void sendAfterPersist(ServerId to, PaxosMessage message) {
    Invariants.check(!to.equals(self()), "a replica sends nothing to itself");
    sendAfterPersist.add(new Outgoing(to, message));
  }

  void sendToOthers(Collection<ServerId> servers, PaxosMessage message) {
    for (ServerId server : servers) {
      if (!server.equals(self())) {
        send(server, message);
      }
    }
  }

  void signal(Signal signal) {
    signals.add(signal);
  }

  /** Whoever holds what is promised here leads: it need not be asked for a while. */
  void heardToLead() {
    if (inquireAt != null) {
      inquireLater();
    }
  }

  void inquireLater() {
    inquireAt = now.earliest().plus(setting.config().lease().length().multipliedBy(INQUIRE_LEASES));
  }

  /** Asks whoever holds what is promised here whether it is still in use. */
  void inquire() {
    Ballot promised = voter.promised(group());
    if (!promised.equals(Ballot.ZERO) && !promised.server().equals(self())) {
      send(promised.server(), new PaxosMessage.Inquiry(promised, commit));
    }
  }

  /** Appends to the log in memory and in the batch. */
  void appendAndPersist(LogEntry entry) {
    log.append(entry);
    persist(new LogRecord.Append(group(), entry));
  }

  void cutSuffixAndPersist(long lastKept) {
    Invariants.check(lastKept >= commit, "cut to %d, but %d is chosen", lastKept, commit);
    if (log.lastIndex() > lastKept) {
      log.cutSuffix(lastKept);
      persist(new LogRecord.CutSuffix(group(), lastKept));
    }
  }

  /** Entries up to {@code index} are chosen. */
  void choose(long index) {
    if (index > commit) {
      Invariants.check(index <= log.lastIndex(), "chosen %d, last %d", index, log.lastIndex());
      log.configurations().between(commit, index).forEach(this::noteKind);
      commit = index;
    }
  }

  void raiseSMax(Timestamp to) {
    sMax = Timestamp.max(sMax, to);
  }

  /** A candidacy has waited in vain: the next one is more patient. */
  void learnPatience() {
    Duration longest = setting.config().lease().length();
    if (patience.compareTo(longest) < 0) {
      patience = patience.multipliedBy(2);
    }
  }

  /** A random wait before a campaign. */
  Timestamp campaignTime() {
    long spread = setting.config().campaignSpread().toNanos();
    long wait = spread / 20 + Math.floorMod(setting.random().nextLong(), spread);
    return now.latest().plusNanos(wait).plus(preference.delay(self()));
  }

  /**
   * When to campaign if a candidate who is helped now does not come to lead. It has no lease before
   * its question for one has been echoed, two round trips: whoever campaigned meanwhile would take
   * the group from it.
   */
  Timestamp campaignTimeAfterAnother() {
    return campaignTime().plus(setting.config().retry().multipliedBy(2));
  }

  Timestamp retryTime() {
    return now.earliest().plus(setting.config().retry());
  }

  boolean passed(Timestamp t) {
    return now.earliest().isAfter(t);
  }

  PaxosEffects takeEffects() {
    List<LogEntry> chosen = new ArrayList<>();
    boolean membersChosen = false;
    while (delivered < commit && !needsImage() && reach(delivered + 1)) {
      delivered++;
      LogEntry entry = log.entry(delivered);
      chosen.add(entry);
      membersChosen |= entry.kind() == EntryKind.CONFIGURATION;
    }
    // A replica that forgot that a change of members is chosen might wait for those who left.
    if ((!persist.isEmpty() || membersChosen) && commit > hinted) {
      hinted = commit;
      persist.add(new LogRecord.Commit(group(), commit));
    }
    log.readBack(List.of());
    log.letGo(commit, memory);
    Signal.ReadEntries read = reads.next(log);
    if (read != null) {
      signals.add(read);
    }
    PaxosEffects effects =
        new PaxosEffects(
            persist,
            new DurablePoint(voter.promised(group()), log.lastBallot(), log.lastIndex()),
            sendAfterPersist,
            send,
            chosen,
            signals);
    persist = new ArrayList<>();
    sendAfterPersist = new ArrayList<>();
    send = new ArrayList<>();
    signals = new ArrayList<>();
    return effects;
  }
}
