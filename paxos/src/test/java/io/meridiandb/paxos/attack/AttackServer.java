package io.meridiandb.paxos.attack;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.CoreFixture;
import io.meridiandb.paxos.core.DurablePoint;
import io.meridiandb.paxos.core.Inheritance;
import io.meridiandb.paxos.core.PaxosConfig;
import io.meridiandb.paxos.core.PaxosCore;
import io.meridiandb.paxos.core.PaxosEffects;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.core.PaxosInput;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.core.PaxosMessage.Accept;
import io.meridiandb.paxos.core.ReplicaSetting;
import io.meridiandb.paxos.core.Signal;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.LeaseReply;
import io.meridiandb.paxos.lease.LeaseRequest;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One server with one group: the production core and leases, a simulated disk, and a driver that
 * does what {@link PaxosEffects} asks for, or something else where a {@link BrokenRule} says so.
 */
final class AttackServer {
  static final GroupId G = CoreFixture.G;
  static final PaxosConfig CONFIG = CoreFixture.CONFIG;

  /** What is around the servers. */
  interface World {
    /** What the server's clock shows. */
    TTInterval now(AttackServer server);

    /** A {@link PaxosMessage}, {@link LeaseRequest} or {@link LeaseReply} goes out. */
    void send(ServerId from, ServerId to, Object message);

    /** A batch waits for the disk. */
    void forceLater(AttackServer server);

    /** The server knows the entry to be chosen. */
    void chosen(AttackServer server, LogEntry entry);

    /** No entry after {@code afterIndex} may get a timestamp up to {@code t}, but for these. */
    void promised(Timestamp t, long afterIndex, List<LogEntry> held);

    /** The server goes on with what another one has shipped. */
    default void inherited(AttackServer server, Inheritance shipped) {}

    /** The server lacks what nobody's log holds any more. */
    void imageNeeded(ServerId server);

    /** Something that a reader of a scenario wants to know. */
    void tell(String what);

    RandomSource random();

    /** Lengths of time; the lease is always the same. */
    default PaxosConfig config() {
      return CONFIG;
    }

    /** What the server holds its leases with. */
    default LeaseHolder holder(LeaseHolder usual) {
      return usual;
    }
  }

  private record Batch(List<LogRecord> records, DurablePoint point, List<Outgoing> sends) {}

  final World world;
  final ServerId id;
  final ReplicaSet initial;
  final BrokenRule broken;
  final AttackDisk disk = new AttackDisk(G);
  final Deque<Batch> unforced = new ArrayDeque<>();
  private Duration durableBound = Duration.ZERO;
  long incarnation;
  boolean up;
  boolean announced;
  long applied;

  /** What only the leader knows, such as locks, and would ship to a successor. */
  String locks = "";

  /** The group as it was when this server last closed the present for it. */
  Ballot closedBallot = Ballot.ZERO;

  long closedIndex;

  /** The last of that which has come here. */
  Inheritance shippedHere;

  VoterState voter;
  LeaseHolder holder;
  PaxosCore core;
  GroupClock clock;

  AttackServer(World world, ServerId id, ReplicaSet initial, BrokenRule broken) {
    this.world = world;
    this.id = id;
    this.initial = initial;
    this.broken = broken;
  }

  TTInterval now() {
    return world.now(this);
  }

  boolean witness() {
    return initial.witnesses().contains(id);
  }

  boolean readOnly() {
    return initial.readOnly().contains(id);
  }

  void start() {
    up = true;
    announced = false;
    incarnation = broken.incarnation(incarnation);
    Lessee self = new Lessee(id, incarnation);
    voter = broken.voter(self, CONFIG.lease(), durableBound, now());
    holder = world.holder(broken.holder(self, CONFIG.lease()));
    durableBound = broken.durableBound(CONFIG.lease().length());
    voter.boundDurable(CONFIG.lease().length());
    applied = witness() ? disk.base : disk.checkpoint;
    ReplicaSetting setting =
        new ReplicaSetting(
            initial,
            !witness(),
            world.config(),
            PaxosConfig.LeaderPreference.NONE,
            world.random(),
            disk.checkpoint);
    core = PaxosCore.recover(setting, voter, holder, disk.recover());
    clock = new GroupClock(this::now, () -> announced ? holder.leaseEnd(G) : Timestamp.MIN);
  }

  /** Loses what was not forced, but for so many batches. */
  void crash(int batchesThatSurvive) {
    for (int i = 0; i < batchesThatSurvive && !unforced.isEmpty(); i++) {
      write(unforced.removeFirst());
    }
    unforced.clear();
    announced = false;
    up = false;
  }

  private void write(Batch batch) {
    batch.records.stream().filter(broken::keeps).forEach(disk::write);
  }

  /** The oldest batch is durable. */
  int force() {
    Batch batch = unforced.removeFirst();
    write(batch);
    batch.sends.forEach(this::send);
    if (!broken.voteBeforeForce()) {
      run(new PaxosInput.Durable(now(), batch.point));
    }
    return batch.records.size();
  }

  void run(PaxosInput input) {
    perform(core.step(input));
  }

  private void perform(PaxosEffects effects) {
    List<Outgoing> after = new ArrayList<>(effects.sendAfterPersist());
    if (broken.acksBeforeForce()) {
      after.forEach(this::send);
      after.clear();
    }
    effects
        .persist()
        .forEach(record -> world.tell("  " + id.value() + " persists " + Show.of(record)));
    if (!effects.persist().isEmpty()) {
      unforced.addLast(new Batch(effects.persist(), effects.point(), after));
      world.forceLater(this);
    } else if (unforced.isEmpty()) {
      after.forEach(this::send);
    } else {
      unforced.getLast().sends.addAll(after);
    }
    effects.send().forEach(this::send);
    for (LogEntry entry : effects.chosen()) {
      if (entry.index() != applied + 1) {
        throw new AssertionError(id + " applies " + entry + " after " + applied);
      }
      applied = entry.index();
      world.tell("  " + id.value() + " chosen " + Show.of(entry));
      world.chosen(this, entry);
    }
    effects.signals().forEach(this::onSignal);
    if (broken.voteBeforeForce() && !effects.persist().isEmpty()) {
      run(new PaxosInput.Durable(now(), effects.point()));
    }
  }

  private void send(Outgoing out) {
    PaxosMessage message = broken.outgoing(this, out.message());
    if (announced && message instanceof Accept accept) {
      Timestamp t = clock.close().orElse(Timestamp.MIN);
      message = accept.closing(t, core.lastIndex());
    }
    world.send(broken.signedAs(this, out.message()), out.to(), message);
  }

  private void onSignal(Signal signal) {
    world.tell("  " + id.value() + " " + Show.of(signal));
    switch (signal) {
      case Signal.Elected won -> {
        clock.raise(broken.floor(won.floor()));
        announced = broken.servesAtElection();
        Inheritance inherited = broken.inherits(this, won.inherited());
        locks = inherited == null ? "" : inherited.state().toStringUtf8();
        if (inherited != null) {
          world.tell("  " + id.value() + " inherits " + locks + " of " + inherited.ballot());
          world.inherited(this, inherited);
        }
      }
      case Signal.Serving serving -> announced = true;
      case Signal.Stopped stopped -> announced = false;
      case Signal.HandingOver handing -> {}
      case Signal.Drained drained -> resign(drained.target(), locks);
      case Signal.Leaseless leaseless -> resign(null, "");
      case Signal.InstallNeeded needed -> world.imageNeeded(needed.server());
      case Signal.ChangeDone done -> {}
      case Signal.ChangeFailed failed -> {}
      case Signal.Removed removed -> {}
      case Signal.Dispensable free -> {}
      case Signal.ReadEntries part -> throw new AssertionError("all of this fits into memory");
    }
  }

  private void resign(ServerId target, String ship) {
    announced = false;
    locks = "";
    ByteString state = ByteString.copyFromUtf8(ship);
    run(new PaxosInput.Resign(now(), target, broken.sMax(clock.lastTs()), state));
  }

  void deliver(ServerId from, Object message) {
    switch (message) {
      case LeaseRequest request -> {
        LeaseReply reply = voter.onRequest(request, now());
        if (reply != null) {
          world.send(id, from, reply);
        }
      }
      case LeaseReply reply -> {
        holder.onReply(from, reply);
        if (!reply.granted() && world.random().nextInt(2) == 0) {
          world.send(id, from, holder.request(from, now()));
        }
      }
      case PaxosMessage m -> {
        PaxosMessage arrives = broken.incoming(this, m);
        if (arrives instanceof PaxosMessage.Release r && !r.state().isEmpty()) {
          shippedHere = new Inheritance(r.ballot(), r.state());
        }
        run(new PaxosInput.Deliver(now(), from, arrives));
        if (arrives instanceof Accept accept) {
          believe(accept);
        }
      }
      default -> throw new AssertionError(message);
    }
  }

  /** Closes {@code t} for its followers if it may, as one step with that decision (G20). */
  boolean closes(Timestamp t) {
    if (leadsNow() && clock.promise(t)) {
      closedBallot = core.promised();
      closedIndex = core.lastIndex();
      return true;
    }
    return broken.closesAnyhow(this);
  }

  /** A CLOSE says T of the log of {@code ballot} after {@code index}. */
  void believe(Ballot ballot, long index, Timestamp t) {
    if (applied >= index && core.follows(ballot)) {
      world.promised(t, applied, List.of());
    }
  }

  /** What a follower may rely on after an ACCEPT (protocol G20). */
  private void believe(Accept accept) {
    boolean usable = applied >= accept.closedIndex() && core.follows(accept.ballot());
    if (usable && accept.closed().isAfter(Timestamp.MIN)) {
      world.promised(accept.closed(), applied, List.of());
    }
  }

  void tick() {
    run(new PaxosInput.Tick(now(), clock.lastTs()));
  }

  /** Where an image that this server could give to {@code other} would begin; null: it has none. */
  LogEntry imageFor(AttackServer other) {
    long index = other.witness() ? core.witnessStart() : disk.checkpoint;
    return index <= other.applied || index < other.core.baseIndex() ? null : core.entry(index);
  }

  /** Takes an image that stands after the entry, as the driver does it. */
  void takeImage(LogEntry entry, Configuration members) {
    run(new PaxosInput.ImageComing(now(), entry, members));
    disk.write(new LogRecord.Members(G, entry.index(), members.encode()));
    if (!witness()) {
      disk.checkpoint = entry.index();
    }
    applied = entry.index();
    run(new PaxosInput.ImageInstalled(now(), entry));
  }

  void requestLeases() {
    for (ServerId to : initial.voters()) {
      LeaseRequest request = holder.request(to, now());
      if (to.equals(id)) {
        holder.onReply(id, voter.onRequest(request, now()));
      } else {
        world.send(id, to, request);
      }
    }
  }

  boolean leadsNow() {
    return up && announced && now().latest().isBefore(holder.leaseEnd(G));
  }

  /** Appends a command if this server may. */
  boolean propose(String payload) {
    if (!leadsNow() || !core.canAppend()) {
      return false;
    }
    boolean appended =
        clock.assign().flatMap(ts -> core.append(ts, ByteString.copyFromUtf8(payload))).isPresent();
    run(new PaxosInput.Flush(now()));
    return appended;
  }

  /** Serves a read at the present: nothing later may change what it saw. */
  boolean read() {
    if (!leadsNow()) {
      return false;
    }
    List<LogEntry> held = new ArrayList<>();
    for (long i = applied + 1; i <= core.lastIndex(); i++) {
      held.add(core.entry(i));
    }
    clock.close().ifPresent(t -> world.promised(t, applied, held));
    return true;
  }

  /** The state machine has all that was applied durable. */
  void checkpoint() {
    if (!witness()) {
      disk.checkpoint = Math.max(disk.checkpoint, applied);
      run(new PaxosInput.Checkpointed(now(), applied));
    }
  }

  static boolean isCommand(LogEntry entry) {
    return entry.kind() == EntryKind.COMMAND;
  }
}
