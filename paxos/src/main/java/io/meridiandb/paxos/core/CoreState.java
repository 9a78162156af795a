package io.meridiandb.paxos.core;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.core.PaxosMessage.LogState;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Quorum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The state of one replica, and the effects that the current step has gathered. */
final class CoreState {
  /** Who and where the replica is; fixed. */
  record Setting(
      GroupId group,
      Lessee self,
      Quorum quorum,
      PaxosConfig config,
      Duration campaignDelay,
      RandomSource random) {}

  final Setting setting;
  final VoterState voter;
  final LeaseHolder holder;
  final GroupLog log;

  Role role = new Role.Follower();

  /** Entries up to here are known to be chosen; all of them are in the log or below its base. */
  long commit;

  /** Entries up to here were given out as chosen. */
  long delivered;

  /** The commit index that the log remembers; it goes along with other records. */
  private long hinted;

  /** Entries up to here are in the own state machine's durable checkpoint. */
  long checkpoint;

  /** Every member has a durable checkpoint at least here. */
  long trim;

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

  CoreState(Setting setting, VoterState voter, LeaseHolder holder, RecoveredGroup recovered) {
    this.setting = setting;
    this.voter = voter;
    this.holder = holder;
    this.log = new GroupLog(recovered);
    this.commit = Math.max(recovered.commitHint(), recovered.baseIndex());
    this.delivered = recovered.baseIndex();
    this.checkpoint = recovered.baseIndex();
    this.hinted = commit;
    Invariants.check(
        commit <= log.lastIndex(), "chosen %d but last is %d", commit, log.lastIndex());
  }

  GroupId group() {
    return setting.group();
  }

  ServerId self() {
    return setting.self().server();
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

  void sendToOthers(PaxosMessage message) {
    for (ServerId voterId : setting.quorum().voters()) {
      if (!voterId.equals(self())) {
        send(voterId, message);
      }
    }
  }

  void signal(Signal signal) {
    signals.add(signal);
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
      commit = index;
    }
  }

  /** A random wait before a campaign. */
  Timestamp campaignTime() {
    long spread = setting.config().campaignSpread().toNanos();
    long wait = spread / 20 + Math.floorMod(setting.random().nextLong(), spread);
    return now.latest().plusNanos(wait).plus(setting.campaignDelay());
  }

  Timestamp retryTime() {
    return now.earliest().plus(setting.config().retry());
  }

  boolean passed(Timestamp t) {
    return now.earliest().isAfter(t);
  }

  PaxosEffects takeEffects() {
    List<LogEntry> chosen = new ArrayList<>();
    while (delivered < commit) {
      delivered++;
      chosen.add(log.entry(delivered));
    }
    if (!persist.isEmpty() && commit > hinted) {
      hinted = commit;
      persist.add(new LogRecord.Commit(group(), commit));
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
