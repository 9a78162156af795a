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
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.core.PaxosCore;
import io.meridiandb.paxos.core.PaxosEffects;
import io.meridiandb.paxos.core.PaxosInput;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.core.ReplicaSetting;
import io.meridiandb.paxos.core.Signal;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.List;
import java.util.Optional;
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
  private final GroupId group;
  private final HostServices services;
  private final HostParts host;
  private final GroupCloser closing;
  private final PaxosCore core;
  private final GroupClock clock;
  private final Installer installer;
  private final GroupOutbox outbox;
  private final Unforced unforced = new Unforced();
  private final Pending pending;
  private final Applier applier;
  private final LeadershipNews news;
  private boolean holdsData;
  private @Nullable LeaderTerm elected;
  private Timestamp quietUntil = Timestamp.MIN;
  private boolean announced;
  private boolean flushing;
  private boolean failed;

  GroupReplica(
      HostServices services,
      HostParts host,
      StateMachine machine,
      ReplicaSetting setting,
      RecoveredGroup found) {
    this.group = found.group();
    this.services = services;
    this.host = host;
    this.closing = new GroupCloser(this, host.closing());
    this.outbox = new GroupOutbox(services.messenger(), group);
    this.holdsData = setting.holdsData();
    if (found.configuration() == null) {
      ByteString initial = Configuration.of(setting.initial()).encode();
      services.log().append(List.of(new LogRecord.Members(group, 0, initial)), () -> {});
    }
    this.core = PaxosCore.recover(setting, host.leases().voter(), host.leases().holder(), found);
    this.applier = new Applier(this, machine, setting.checkpointIndex());
    this.clock =
        new GroupClock(
            services.trueTime(),
            () -> announced ? host.leases().holder().leaseEnd(group) : Timestamp.MIN);
    this.pending = new Pending(group);
    this.news = new LeadershipNews(group, services);
    this.installer = new Installer(services, this);
  }

  @Override
  public GroupId group() {
    return group;
  }

  @Override
  public boolean leaseValidNow() {
    return announced && leaseValidAt(services.trueTime().now()) && !services.watch().fenced();
  }

  @Override
  public boolean leaseValidAt(TTInterval moment) {
    return announced && !failed && clock.leaseValid(moment);
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
    return applier.applied();
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
    Proposal proposal = pending.proposed(entry);
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
  public void whenLogged(Runnable task) {
    services.log().append(List.of(), task); // batches become durable in their order
  }

  @Override
  public void checkpointed(long index) {
    services.strand().execute(() -> run(new PaxosInput.Checkpointed(now(), index)));
  }

  @Override
  public void handOver(@Nullable ServerId target) {
    services.strand().execute(() -> run(new PaxosInput.HandOver(now(), target)));
  }

  @Override
  public boolean logFull() {
    return services.log().full();
  }

  void deliver(ServerId from, PaxosMessage message) {
    if (services.log().exhausted() && message.bringsEntries()) {
      services.env().events().count("paxos.entries.refused.disk-full", 1);
      return; // as if lost: what is left of the log's reserve is for promises (reliability T25)
    }
    run(new PaxosInput.Deliver(now(), from, message));
    if (message instanceof PaxosMessage.Accept accept && accept.closed().isAfter(Timestamp.MIN)) {
      closing.heard(accept.ballot(), accept.closedIndex(), accept.closed());
    }
  }

  /**
   * Before this the time does not matter here, if nothing else happens. Worked out again if that is
   * before {@code soon}: leases may have become longer.
   */
  Timestamp quietUntil(TTInterval now, Timestamp soon) {
    if (!quietUntil.equals(Timestamp.MIN) && quietUntil.isBefore(soon)) {
      quietUntil = core.quietUntil(now);
    }
    return closing.awaited() ? Timestamp.MIN : quietUntil;
  }

  /** See {@link PaxosInput.Tick}. */
  void tick(boolean elections, long memory, boolean led) {
    run(new PaxosInput.Tick(now(), clock.lastTs(), elections, memory, led));
    closing.wake();
    quietUntil = core.quietUntil(now());
    if (!failed && holdsData && core.needsImage()) {
      installer.wanted();
      quietUntil = Timestamp.MIN;
    }
  }

  @Override
  public List<VoterLag> lags() {
    return failed ? List.of() : core.lags(now());
  }

  boolean wantsLease() {
    return !failed && core.wantsLease();
  }

  @Override
  public ReplicaSet members() {
    return core.members().target();
  }

  @Override
  public CompletableFuture<Void> changeMembers(ReplicaSet target) {
    if (!leaseValidNow()) {
      return CompletableFuture.failedFuture(
          new NotLeaderException(group, otherThanSelf(), "it holds no leader lease"));
    }
    event(Level.INFO, "%s: members %s are to become %s", group, members(), target);
    services.strand().execute(() -> run(new PaxosInput.ChangeMembers(now(), target)));
    return pending.change(target);
  }

  @Override
  public Timestamp closed() {
    return closing.now();
  }

  @Override
  public void whenClosed(Timestamp t, Runnable task) {
    closing.await(t, task);
    host.stir().run();
  }

  @Override
  public void raiseFloor(Timestamp floor) {
    clock.raise(floor);
  }

  @Override
  public void prefer(LeaderPreference preference) {
    services.strand().execute(() -> run(new PaxosInput.Prefer(now(), preference)));
  }

  /** From now on this replica has the data too, or no longer: a witness. */
  void become(StateMachine with, boolean withData) {
    giveUp();
    holdsData = withData;
    applier.become(with, withData ? with.checkpointIndex() : core.commitIndex());
    run(new PaxosInput.BecomeKind(now(), withData, with.checkpointIndex()));
  }

  /** Ends this replica and its log, durably then; returns what a later one must know. */
  RecoveredGroup shut(Runnable onDurable) {
    giveUp();
    stopServing();
    installer.stop();
    failed = true;
    host.leases().holder().unlead(group);
    PaxosMessage.LogState reached = core.voteFloor();
    LogRecord.VoteFloor floor =
        new LogRecord.VoteFloor(group, reached.lastBallot(), reached.lastIndex());
    services.log().append(List.of(floor, new LogRecord.Closed(group)), onDurable);
    return RecoveredGroup.closed(group, core.promised(), floor);
  }

  private TTInterval now() {
    return services.trueTime().now();
  }

  private void run(PaxosInput input) {
    if (failed) {
      return;
    }
    quietUntil = Timestamp.MIN;
    host.stir().run();
    try {
      boolean wanted = core.wantsLease();
      perform(core.step(input));
      if (!wanted && core.wantsLease()) {
        host.leases().request(core.electorate());
      }
    } catch (MachineStoppedException | InvariantViolation e) {
      // Who has stopped by itself has said so.
      fail("an invariant is broken", e instanceof InvariantViolation ? e : null);
    }
  }

  /** It takes no input any more; the other groups of the server go on. */
  private void fail(String why, @Nullable Throwable cause) {
    failed = true;
    services.env().events().count("paxos.groups.failed", 1);
    if (cause != null) {
      services.env().events().failure("paxos", group + " stops on this server: " + why, cause);
    }
    stopServing();
    host.leases().holder().unlead(group);
  }

  /** See {@link PaxosInput.EntriesRead}. */
  void entriesRead(long from, List<LogEntry> entries) {
    run(new PaxosInput.EntriesRead(now(), from, entries));
  }

  /** Its log does not give back what stands in it. */
  void unreadable(Throwable error) {
    if (!failed) {
      fail("its log cannot be read", error);
    }
  }

  private void perform(PaxosEffects effects) {
    if (!effects.persist().isEmpty()) {
      unforced.add(effects.point(), effects.sendAfterPersist());
      services.log().append(effects.persist(), this::durable);
    } else if (unforced.free(effects.sendAfterPersist())) {
      outbox.send(effects.sendAfterPersist());
    }
    outbox.send(closing.closing(effects.send()));
    effects.chosen().forEach(applier::chosen);
    effects.signals().forEach(this::onSignal);
  }

  /** Completions come in the order of the batches. */
  private void durable() {
    Unforced.Batch batch = unforced.forced();
    if (!failed) {
      outbox.send(batch.sends());
      run(new PaxosInput.Durable(now(), batch.point()));
    }
  }

  /** The state machine has it; see {@link Applier}. */
  void applied(LogEntry entry) {
    closing.applied(entry);
    pending.applied(entry);
  }

  /** What another replica's image is to this one; see {@link Installer}. */
  boolean couldUse(LogEntry entry) {
    return !failed && entry.index() > applier.applied() && entry.index() >= core.baseIndex();
  }

  GroupCloser closing() {
    return closing;
  }

  /** Whether it has begun to serve as a leader and has not ceased to. */
  boolean announced() {
    return announced && !failed;
  }

  /** Whether it has stopped for good. */
  boolean failed() {
    return failed;
  }

  StateMachine machine() {
    return applier.machine();
  }

  boolean holdsData() {
    return holdsData;
  }

  PaxosCore core() {
    return core;
  }

  Installer installer() {
    return installer;
  }

  /** The members at {@code entry}, which an image will bring. */
  void imageComing(LogEntry entry, Configuration members) {
    run(new PaxosInput.ImageComing(now(), entry, members));
  }

  /** The state machine changes over: it takes no entries until {@link #imageEnded}. */
  void imageSwitches() {
    applier.hold();
  }

  /** The state machine is that after {@code entry} now; null if it is as it was. */
  void imageEnded(@Nullable LogEntry entry, Configuration members) {
    if (entry != null) {
      applier.jumped(entry.index(), members);
      run(new PaxosInput.ImageInstalled(now(), entry));
    }
    applier.resume();
  }

  private void onSignal(Signal signal) {
    switch (signal) {
      case Signal.Elected won -> {
        clock.raise(won.floor());
        elected = new LeaderTerm(won.ballot(), won.startIndex(), won.floor(), won.inherited());
        host.leases().request(core.electorate());
        news.elected(won);
      }
      case Signal.Serving serving -> {
        LeaderTerm term = elected;
        if (term != null && term.ballot().equals(serving.ballot())) {
          announced = true;
          clock.raise(term.floor());
          news.leads(serving.ballot());
          applier.machine().becameLeader(term.above(clock.lastTs()));
        }
      }
      case Signal.Stopped stopped -> {
        news.leadsNoLonger(stopped.ballot());
        stopServing();
      }
      case Signal.HandingOver handing -> news.handsOver(handing.target());
      case Signal.Drained drained -> handOverNow(drained.target());
      case Signal.Leaseless leaseless -> {
        services.env().events().probe("paxos.leaseless");
        resign(null);
      }
      case Signal.ReadEntries part -> host.reads().read(this, part);
      case Signal.Dispensable free -> host.dispensable().accept(group);
      case Signal.InstallNeeded needed -> installer.needed(needed.server());
      case Signal.Removed removed -> applier.removed(services.env().events(), removed.members());
      case Signal.ChangeDone done -> pending.changed(done.target());
      case Signal.ChangeFailed refused -> {
        event(Level.WARNING, "%s keeps its members: %s", group, refused.reason());
        pending.refused(refused.target(), refused.reason());
      }
    }
  }

  /** Leads no more and stands for nothing. */
  void giveUp() {
    if (wantsLease()) {
      resign(null);
    }
  }

  /** Serves no more, then lets the ballot go with the final s_max (protocol G7). */
  private void resign(@Nullable ServerId target) {
    stopServing();
    run(new PaxosInput.Resign(now(), target, clock.lastTs()));
  }

  /** The last moment of a term that ends as planned: nothing is served after what is shipped. */
  private void handOverNow(@Nullable ServerId target) {
    ByteString state = ByteString.EMPTY;
    if (announced && target != null) {
      announced = false;
      state = applier.machine().handOver();
      if (state.size() > ReplicaHost.HAND_OVER_BYTES_MAX) {
        event(Level.WARNING, "%s: %d bytes are too many to be handed over", group, state.size());
        state = ByteString.EMPTY;
      }
      applier.machine().stepDown();
    }
    stopServing();
    news.released(state.size());
    run(new PaxosInput.Resign(now(), target, clock.lastTs(), state));
  }

  private void stopServing() {
    elected = null;
    if (announced) {
      announced = false;
      applier.machine().stepDown();
    }
    pending.leadershipLost();
  }

  private void event(Level level, String format, Object... args) {
    services.env().events().event(level, "paxos", format.formatted(args));
  }

  @Override
  public String toString() {
    return group + ": " + (failed ? "stopped by a broken invariant" : core.toString());
  }
}
