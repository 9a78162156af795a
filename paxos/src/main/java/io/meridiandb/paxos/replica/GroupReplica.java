package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.DurablePoint;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.core.PaxosCore;
import io.meridiandb.paxos.core.PaxosEffects;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.core.PaxosInput;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.core.ReplicaSetting;
import io.meridiandb.paxos.core.Signal;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.log.RecoveredMembership;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A group's replica on its server: feeds the core and does what it says, in the order that {@link
 * PaxosEffects} gives. Everything runs on the server strand.
 *
 * <p>A broken invariant stops this group on this server: it takes no input any more, and the others
 * go on without it.
 */
final class GroupReplica implements Replica {
  /** A batch that the log has not confirmed yet. */
  private record Unforced(DurablePoint point, List<Outgoing> sends) {}

  private final GroupId group;
  private final HostServices services;
  private final LeaseManager leases;
  private final StateMachine machine;
  private final Configuration members;
  private final PaxosCore core;
  private final GroupClock clock;
  private final Deque<Unforced> unforced = new ArrayDeque<>();
  private final TreeMap<Long, Proposal> proposals = new TreeMap<>();

  private static final Duration CLOSED_POLL = Duration.ofMillis(10);

  private Timestamp closed = Timestamp.MIN;
  private long applied;
  private @Nullable LeaderTerm elected;
  private boolean announced;
  private boolean flushing;
  private boolean failed;

  GroupReplica(
      HostServices services,
      LeaseManager leases,
      StateMachine machine,
      ReplicaSetting setting,
      RecoveredGroup found) {
    this.group = found.group();
    this.services = services;
    this.leases = leases;
    this.machine = machine;
    Configuration known = configurationOf(found);
    if (known == null) {
      known = Configuration.of(setting.initial());
      services.log().append(List.of(new LogRecord.Members(group, 0, known.encode())), () -> {});
    }
    this.members = known;
    this.core = PaxosCore.recover(setting, leases.voter(), leases.holder(), found);
    this.applied = setting.checkpointIndex();
    this.clock =
        new GroupClock(
            services.trueTime(), () -> announced ? leases.holder().leaseEnd(group) : Timestamp.MIN);
  }

  @Override
  public GroupId group() {
    return group;
  }

  @Override
  public boolean leaseValidNow() {
    return announced
        && !failed
        && !services.watch().fenced()
        && clock.leaseValid(services.trueTime().now());
  }

  @Override
  public @Nullable ServerId leaderHint() {
    return failed ? null : core.leader();
  }

  @Override
  public Ballot ballot() {
    return core.promised();
  }

  @Override
  public GroupClock clock() {
    return clock;
  }

  @Override
  public long appliedIndex() {
    return applied;
  }

  @Override
  public Proposal propose(Function<Timestamp, ByteString> payload) {
    if (!leaseValidNow()) {
      throw new NotLeaderException(group, otherThanSelf(), "it holds no leader lease");
    }
    if (!core.canAppend()) {
      throw new NotLeaderException(
          group, null, "it hands over, or too many commands are not chosen yet");
    }
    Optional<Timestamp> timestamp = clock.assign();
    if (timestamp.isEmpty()) {
      throw new NotLeaderException(group, null, "its lease is about to end");
    }
    ByteString command = payload.apply(timestamp.get());
    Invariants.check(
        command.size() <= LogEntry.PAYLOAD_BYTES_MAX,
        "a command of %d bytes, at most %d fit into an entry",
        command.size(),
        LogEntry.PAYLOAD_BYTES_MAX);
    LogEntry entry = core.append(timestamp.get(), command).orElseThrow();
    Proposal proposal =
        new Proposal(entry.ballot(), entry.index(), entry.timestamp(), new CompletableFuture<>());
    proposals.put(entry.index(), proposal);
    if (!flushing) {
      flushing = true;
      services.strand().execute(this::flush);
    }
    return proposal;
  }

  private @Nullable ServerId otherThanSelf() {
    ServerId hint = leaderHint();
    return services.messenger().self().server().equals(hint) ? null : hint;
  }

  private void flush() {
    flushing = false;
    run(new PaxosInput.Flush(now()));
  }

  @Override
  public void checkpointed(long index) {
    services.strand().execute(() -> run(new PaxosInput.Checkpointed(now(), index)));
  }

  @Override
  public void handOver(@Nullable ServerId target) {
    services.strand().execute(() -> run(new PaxosInput.HandOver(now(), target)));
  }

  void deliver(ServerId from, PaxosMessage message) {
    run(new PaxosInput.Deliver(now(), from, message));
  }

  void tick() {
    run(new PaxosInput.Tick(now(), clock.lastTs()));
  }

  boolean wantsLease() {
    return !failed && core.wantsLease();
  }

  Collection<ServerId> voters() {
    return members.quorum().voters();
  }

  /** The last configuration that the log remembers; null if it remembers none. */
  static @Nullable Configuration configurationOf(RecoveredGroup found) {
    ByteString last = found.membership().configuration();
    for (LogEntry entry : found.entries()) {
      if (entry.kind() == EntryKind.CONFIGURATION && entry.index() > found.membership().index()) {
        last = entry.payload();
      }
    }
    return last.isEmpty() ? null : Configuration.decode(last);
  }

  @Override
  public ReplicaSet members() {
    return members.target();
  }

  @Override
  public CompletableFuture<Void> changeMembers(ReplicaSet target) {
    return target.equals(members())
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(
            new IllegalStateException(group + " has " + members() + " and keeps them"));
  }

  @Override
  public Timestamp closed() {
    if (leaseValidNow() && applied == core.lastIndex()) {
      clock.close().ifPresent(t -> closed = Timestamp.max(closed, t));
    }
    return closed;
  }

  @Override
  public void whenClosed(Timestamp t, Runnable task) {
    if (closed().isBefore(t)) {
      services.strand().schedule(CLOSED_POLL, () -> whenClosed(t, task));
    } else {
      task.run();
    }
  }

  @Override
  public void raiseFloor(Timestamp floor) {
    clock.raise(floor);
  }

  @Override
  public void prefer(LeaderPreference preference) {}

  /** Ends this replica and its log; returns what a later one must know. */
  RecoveredGroup shut() {
    if (core.wantsLease()) {
      resign(null);
    }
    stopServing();
    failed = true;
    leases.holder().unlead(group);
    LogRecord.VoteFloor floor = new LogRecord.VoteFloor(group, core.lastBallot(), core.lastIndex());
    services.log().append(List.of(floor, new LogRecord.Closed(group)), () -> {});
    return new RecoveredGroup(
        group,
        core.promised(),
        0,
        Ballot.ZERO,
        0,
        List.of(),
        new RecoveredMembership(0, ByteString.EMPTY, floor.lastBallot(), floor.lastIndex()));
  }

  private TTInterval now() {
    return services.trueTime().now();
  }

  private void run(PaxosInput input) {
    if (failed) {
      return;
    }
    try {
      boolean wanted = core.wantsLease();
      perform(core.step(input));
      if (!wanted && core.wantsLease()) {
        leases.request(voters());
      }
    } catch (InvariantViolation broken) {
      failed = true;
      services.env().events().count("paxos.groups.failed", 1);
      services
          .env()
          .events()
          .failure("paxos", group + " stops on this server: an invariant is broken", broken);
      stopServing();
      leases.holder().unlead(group);
    }
  }

  private void perform(PaxosEffects effects) {
    if (!effects.persist().isEmpty()) {
      Unforced batch = new Unforced(effects.point(), new ArrayList<>(effects.sendAfterPersist()));
      unforced.addLast(batch);
      services.log().append(effects.persist(), this::durable);
    } else if (unforced.isEmpty()) {
      effects.sendAfterPersist().forEach(this::send);
    } else {
      unforced.getLast().sends().addAll(effects.sendAfterPersist());
    }
    effects.send().forEach(this::send);
    effects.chosen().forEach(this::apply);
    effects.signals().forEach(this::onSignal);
  }

  /** Completions come in the order of the batches. */
  private void durable() {
    Unforced batch = unforced.removeFirst();
    if (!failed) {
      batch.sends().forEach(this::send);
      run(new PaxosInput.Durable(now(), batch.point()));
    }
  }

  private void send(Outgoing outgoing) {
    services
        .messenger()
        .send(outgoing.to(), PaxosMessages.GROUP, group, PaxosWire.encode(outgoing.message()));
  }

  private void apply(LogEntry entry) {
    Invariants.check(entry.index() == applied + 1, "%s applies %s after %d", group, entry, applied);
    if (entry.kind() == EntryKind.COMMAND) {
      machine.apply(entry);
    }
    applied = entry.index();
    Proposal proposal = proposals.remove(entry.index());
    if (proposal != null) {
      if (proposal.timestamp().equals(entry.timestamp())) {
        proposal.chosen().complete(entry.index());
      } else {
        proposal.chosen().completeExceptionally(new LeadershipLostException(group, entry.index()));
      }
    }
  }

  private void onSignal(Signal signal) {
    switch (signal) {
      case Signal.Elected won -> {
        clock.raise(won.floor());
        elected = new LeaderTerm(won.ballot(), won.startIndex(), won.floor());
        leases.request(voters());
        event(Level.INFO, "elected leader of %s with ballot %s", group, won.ballot());
      }
      case Signal.Serving serving -> {
        LeaderTerm term = elected;
        if (term != null && term.ballot().equals(serving.ballot())) {
          announced = true;
          clock.raise(term.floor());
          event(Level.INFO, "leads %s with ballot %s", group, serving.ballot());
          machine.becameLeader(new LeaderTerm(term.ballot(), term.startIndex(), clock.lastTs()));
        }
      }
      case Signal.Stopped stopped -> {
        event(Level.INFO, "leads %s no longer, ballot %s", group, stopped.ballot());
        stopServing();
      }
      case Signal.Drained drained -> resign(drained.target());
      case Signal.Leaseless leaseless -> {
        services.env().events().probe("paxos.leaseless");
        resign(null);
      }
      case Signal.InstallNeeded needed -> {
        services.env().events().count("paxos.install.needed", 1);
        event(
            Level.WARNING,
            "%s needs a checkpoint of %s: the log no longer holds what it lacks",
            needed.server(),
            group);
        if (needed.server().equals(services.messenger().self().server())) {
          machine.installNeeded(applied);
        }
      }
    }
  }

  /** Serves no more, then lets the ballot go with the final s_max (protocol G7). */
  private void resign(@Nullable ServerId target) {
    stopServing();
    run(new PaxosInput.Resign(now(), target, clock.lastTs()));
  }

  private void stopServing() {
    elected = null;
    if (announced) {
      announced = false;
      machine.stepDown();
    }
    List<Proposal> unknown = List.copyOf(proposals.values());
    proposals.clear();
    for (Proposal proposal : unknown) {
      proposal.chosen().completeExceptionally(new LeadershipLostException(group, proposal.index()));
    }
  }

  private void event(Level level, String format, Object... args) {
    services.env().events().event(level, "paxos", format.formatted(args));
  }

  @Override
  public String toString() {
    return group + ": " + (failed ? "stopped by a broken invariant" : core.toString());
  }
}
