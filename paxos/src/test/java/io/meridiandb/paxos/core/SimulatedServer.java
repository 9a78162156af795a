package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.LeaseReply;
import io.meridiandb.paxos.lease.LeaseRequest;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One server of the simulation: real cores and leases, a simulated disk, no threads. */
final class SimulatedServer {
  /** A batch on its way to the disk. */
  static final class Batch {
    final GroupId group;
    final List<LogRecord> records;
    final DurablePoint point;
    final List<Outgoing> sends;

    Batch(GroupId group, PaxosEffects effects) {
      this.group = group;
      this.records = effects.persist();
      this.point = effects.point();
      this.sends = new ArrayList<>(effects.sendAfterPersist());
    }
  }

  /** One replica in memory. */
  static final class Member {
    PaxosCore core;
    GroupClock clock;
    boolean announced;
    long applied;
    Timestamp floor = Timestamp.MIN;

    /** What the last tick said, if nothing has happened since. */
    Timestamp quietUntil = Timestamp.MIN;

    long unconfirmations;

    /** Whether a tick is needless: by what the last one said, or by what is so now. */
    boolean quiet(TTInterval now, long unconfirmationsNow) {
      return unconfirmations == unconfirmationsNow
          && !quietUntil.equals(Timestamp.MIN)
          && (now.latest().isBefore(quietUntil) || now.latest().isBefore(core.quietUntil(now)));
    }
  }

  final PaxosSimulation world;
  final ServerId id;
  final Map<GroupId, DurableGroup> disk = new TreeMap<>();

  /** Up to where each state machine is durable; -1 where there is none: a witness. */
  final Map<GroupId, Long> machines = new TreeMap<>();

  /** Up to which entry it has been settled whether its data goes; on its disk. */
  final Map<GroupId, Long> dataSettled = new TreeMap<>();

  Duration durableBound = Duration.ZERO;
  long incarnation;
  boolean up;
  long clockOffset;
  long pausedUntil;
  long stalledUntil;

  VoterState voter;
  LeaseHolder holder;
  final Map<GroupId, Member> members = new TreeMap<>();
  final Set<GroupId> becomesWitness = new TreeSet<>();
  final Deque<Batch> unforced = new ArrayDeque<>();

  SimulatedServer(PaxosSimulation world, ServerId id) {
    this.world = world;
    this.id = id;
    world.groups.forEach(group -> {
      disk.put(group, new DurableGroup(group));
      boolean witness = world.initial.witnesses().contains(id);
      machines.put(group, witness ? -1L : 0L);
    });
  }

  TTInterval now() {
    long reading = world.time + clockOffset;
    return new TTInterval(
        new Timestamp(reading - world.epsilon), new Timestamp(reading + world.epsilon));
  }

  void start() {
    up = true;
    incarnation++;
    Lessee self = new Lessee(id, incarnation);
    voter = world.doubles.voter(self, world.config.lease(), durableBound, now());
    holder = world.doubles.holder(self, world.config.lease());
    durableBound = world.config.lease().length();
    voter.boundDurable(durableBound);
    members.clear();
    world.groups.forEach(this::open);
  }

  private void open(GroupId group) {
    Member member = new Member();
    long machine = machines.get(group);
    DurableGroup log = disk.get(group);
    ReplicaSetting setting =
        new ReplicaSetting(
            world.initial,
            machine >= 0,
            world.config,
            PaxosConfig.LeaderPreference.NONE,
            world.random(),
            Math.max(machine, 0));
    member.applied = machine >= 0 ? machine : log.base;
    member.core = PaxosCore.recover(setting, voter, holder, log.recoverWithLittleMemory());
    member.clock =
        new GroupClock(this::now, () -> member.announced ? holder.leaseEnd(group) : Timestamp.MIN);
    members.put(group, member);
  }

  /** The replica goes, with its log and its data; another one of the same group takes its place. */
  void replace(GroupId group) {
    Member member = members.get(group);
    if (member.core.wantsLease() || !unforced.isEmpty()) {
      return;
    }
    PaxosMessage.LogState reached = member.core.voteFloor();
    DurableGroup log = disk.get(group);
    log.replay(new LogRecord.VoteFloor(group, reached.lastBallot(), reached.lastIndex()));
    log.replay(new LogRecord.Closed(group));
    machines.put(group, 0L);
    world.replaced++;
    open(group);
  }

  /** A witness gets data, or data goes. */
  void become(GroupId group, boolean data) {
    Member member = members.get(group);
    boolean has = machines.get(group) >= 0;
    if ((has != data || data) && !member.core.wantsLease()) {
      machines.put(group, has && data ? machines.get(group) : data ? 0L : -1L);
      long machine = machines.get(group);
      dataSettled.put(group, member.core.commitIndex());
      member.applied = data ? machine : member.core.commitIndex();
      run(group, new PaxosInput.BecomeKind(now(), data, Math.max(machine, 0)));
    }
  }

  /**
   * Only of what the own log holds durably: without that seed 50054 of DeepTest stands still (the
   * README of the module tells why, and that the driver does not see to it yet).
   */
  void checkpoint(GroupId group) {
    long applied = members.get(group).applied;
    boolean forced = unforced.stream().noneMatch(batch -> batch.group.equals(group));
    if (machines.get(group) >= 0 && forced) {
      machines.merge(group, applied, Math::max);
      run(group, new PaxosInput.Checkpointed(now(), applied));
    }
  }

  /** Loses what was not forced, but for a prefix of the waiting batches. */
  void crash(int batchesThatSurvive) {
    for (int i = 0; i < batchesThatSurvive && !unforced.isEmpty(); i++) {
      Batch batch = unforced.removeFirst();
      batch.records.forEach(disk.get(batch.group)::replay);
    }
    unforced.clear();
    members.clear();
    pausedUntil = 0;
    stalledUntil = 0;
    up = false;
  }

  /** What the log would give back: of the batches on their way to the disk too. */
  List<LogEntry> read(GroupId group, Signal.ReadEntries part) {
    DurableGroup log = disk.get(group).copy();
    unforced.stream()
        .filter(batch -> batch.group.equals(group))
        .forEach(batch -> batch.records.forEach(log::replay));
    return log.read(part);
  }

  /** The entry at {@code index}; null if the log does not hold it. */
  LogEntry entry(GroupId group, long index) {
    List<LogEntry> found = read(group, new Signal.ReadEntries(index, index, 1));
    return found.isEmpty() ? null : found.getFirst();
  }

  void forceOne() {
    Batch batch = unforced.removeFirst();
    batch.records.forEach(disk.get(batch.group)::replay);
    batch.sends.forEach(out -> world.send(this, batch.group, out));
    run(batch.group, new PaxosInput.Durable(now(), batch.point));
  }

  void run(GroupId group, PaxosInput input) {
    Member member = members.get(group);
    boolean tick = input instanceof PaxosInput.Tick;
    boolean quiet = tick && member.quiet(input.now(), holder.unconfirmations());
    PaxosEffects effects = member.core.step(input);
    Timestamp q0 = member.quietUntil;
    member.quietUntil = tick ? member.core.quietUntil(input.now()) : Timestamp.MIN;
    boolean over = !input.now().latest().isBefore(member.quietUntil); // something was waited for
    if (quiet && (over || !nothing(effects))) {
      throw new AssertionError(
          id
              + " was said to be quiet, but a tick brings "
              + over
              + " "
              + q0
              + " now "
              + input.now()
              + " then "
              + member.quietUntil
              + " "
              + member.core
              + "\n"
              + voter
              + "\n"
              + holder);
    }
    member.unconfirmations = holder.unconfirmations();
    perform(group, member, effects);
  }

  private static boolean nothing(PaxosEffects effects) {
    return effects.persist().isEmpty()
        && effects.send().isEmpty()
        && effects.sendAfterPersist().isEmpty()
        && effects.chosen().isEmpty()
        && effects.signals().isEmpty();
  }

  private void perform(GroupId group, Member member, PaxosEffects effects) {
    if (!effects.persist().isEmpty()) {
      unforced.addLast(new Batch(group, effects));
      world.forceLater(this);
    } else if (unforced.isEmpty() || effects.sendAfterPersist().isEmpty()) {
      effects.sendAfterPersist().forEach(out -> world.send(this, group, out));
    } else {
      Batch last = unforced.getLast();
      if (last.group.equals(group)) {
        last.sends.addAll(effects.sendAfterPersist());
      } else {
        unforced.addLast(
            new Batch(
                group,
                new PaxosEffects(
                    List.of(),
                    effects.point(),
                    effects.sendAfterPersist(),
                    List.of(),
                    List.of(),
                    List.of())));
        world.forceLater(this);
      }
    }
    effects.send().forEach(out -> world.send(this, group, closing(member, out)));
    for (LogEntry entry : effects.chosen()) {
      if (entry.index() != member.applied + 1) {
        throw new AssertionError(id + " applies " + entry + " after " + member.applied);
      }
      member.applied = entry.index();
      world.oracle.chosen(this, group, entry);
      world.changing.chosen(this, group, entry);
    }
    effects.signals().forEach(signal -> onSignal(group, member, signal));
    if (becomesWitness.remove(group)
        && member.core.members().everybody().kindOf(id) == ReplicaSet.Kind.WITNESS) {
      become(group, false);
    }
  }

  /** An ACCEPT closes the present (protocol G20), as the driver does it. */
  private Outgoing closing(Member member, Outgoing out) {
    if (member.announced && out.message() instanceof PaxosMessage.Accept accept) {
      Timestamp t = member.clock.close().orElse(Timestamp.MIN);
      return new Outgoing(out.to(), accept.closing(t, member.core.lastIndex()));
    }
    return out;
  }

  private void onSignal(GroupId group, Member member, Signal signal) {
    switch (signal) {
      case Signal.Elected won -> {
        world.elections++;
        member.floor = won.floor();
        member.clock.raise(won.floor());
        requestLeases();
      }
      case Signal.Serving serving -> {
        world.reigns++;
        member.announced = true;
      }
      case Signal.Stopped stopped -> member.announced = false;
      case Signal.HandingOver handing -> {}
      case Signal.Drained drained -> {
        world.handOvers++;
        resign(group, member, drained.target());
      }
      case Signal.Leaseless leaseless -> resign(group, member, null);
      case Signal.ReadEntries part -> world.readLater(this, group, part);
      case Signal.InstallNeeded needed -> world.changing.image(group, needed.server());
      case Signal.ChangeDone done -> {
        world.table.mattered("members");
        world.changing.done(group, done.target());
      }
      case Signal.Dispensable free -> world.changing.dispensable(this, group);
      case Signal.Removed removed -> world.changing.told(this, group, removed.members());
      case Signal.ChangeFailed failed -> {
        world.table.mattered("members");
        world.changesRefused++;
      }
    }
  }

  private void resign(GroupId group, Member member, ServerId target) {
    member.announced = false;
    run(group, new PaxosInput.Resign(now(), target, member.clock.lastTs()));
  }

  void tick(boolean heartbeat) {
    if (heartbeat && members.values().stream().anyMatch(m -> m.core.wantsLease())) {
      requestLeases();
    }
    for (GroupId group : world.groups) {
      run(
          group,
          new PaxosInput.Tick(now(), members.get(group).clock.lastTs(), true, world.memory, false));
      if (heartbeat && members.get(group).core.needsImage()) {
        world.changing.image(group, id);
      }
    }
  }

  private void requestLeases() {
    for (ServerId to : world.ids) {
      LeaseRequest request = holder.request(to, now());
      if (to.equals(id)) {
        holder.onReply(id, voter.onRequest(request, now()));
      } else {
        world.sendLease(this, to, request);
      }
    }
  }

  void onLeaseReply(ServerId from, LeaseReply reply) {
    holder.onReply(from, reply);
    if (!reply.granted() && world.chance(2)) {
      world.sendLease(this, from, holder.request(from, now()));
    }
  }

  boolean leads() {
    return world.groups.stream().anyMatch(this::leadsNow);
  }

  /** All that a message may change. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    members.values().forEach(member -> out.append(member.core).append(member.applied));
    return out.append(voter).append(holder).toString();
  }

  boolean leadsNow(GroupId group) {
    Member member = members.get(group);
    return up && member.announced && now().latest().isBefore(holder.leaseEnd(group));
  }

  /** What a follower may rely on after an ACCEPT (protocol G20). */
  void onAccept(GroupId group, PaxosMessage.Accept accept) {
    Member member = members.get(group);
    boolean usable = member.applied >= accept.closedIndex() && member.core.follows(accept.ballot());
    if (usable && accept.closed().isAfter(Timestamp.MIN)) {
      world.oracle.promised(group, accept.closed(), member.applied);
    }
  }

  /** Appends a command if this server may; as the driver does. */
  void propose(GroupId group, String payload) {
    Member member = members.get(group);
    if (leadsNow(group) && member.core.canAppend()) {
      member
          .clock
          .assign()
          .flatMap(ts -> member.core.append(ts, ByteString.copyFromUtf8(payload)))
          .ifPresent(entry -> world.proposed++);
      run(group, new PaxosInput.Flush(now()));
    }
  }

  /** Promises that no later entry has a timestamp at or below the present. */
  void close(GroupId group) {
    Member member = members.get(group);
    if (leadsNow(group)) {
      member.clock.close().ifPresent(t -> world.oracle.promised(group, t, member.core.lastIndex()));
    }
  }

  static boolean isCommand(LogEntry entry) {
    return entry.kind() == EntryKind.COMMAND;
  }
}
