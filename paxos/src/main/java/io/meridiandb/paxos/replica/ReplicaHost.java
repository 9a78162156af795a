package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.core.PaxosConfig;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.core.ReplicaSetting;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.proto.ImageOfferProto;
import io.meridiandb.paxos.proto.PaxosFrame;
import io.meridiandb.truetime.ClockFaultException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All replicas of one server, with its leases: they share the server strand, so that what the
 * server owes as a voter changes in single steps (protocol G1).
 *
 * <p>Made and filled ({@link #open}) before {@link #start}, by whoever assembles the server; later
 * calls come on the server strand.
 */
public final class ReplicaHost {
  /** How often a moment that has surely passed is made durable (protocol G10). */
  public static final Duration TIME_MARK_INTERVAL = Duration.ofSeconds(1);

  /** Most bytes that a state machine may ship to its successor in a planned hand-over. */
  public static final int HAND_OVER_BYTES_MAX = 4 << 20;

  /** Replicas in which something happens look at the time so many times in a heartbeat. */
  private static final int TICKS_PER_HEARTBEAT = 10;

  /** At least as often as this, however long leases are. */
  private static final Duration TICK_MAX = Duration.ofMillis(50);

  /** A leader that was heard of within so many leases need not be asked whether it leads. */
  private static final int LATELY_LEASES = 2;

  /** How often leaders look whether a voter lags too far: with the usual lease every 20 s. */
  private static final int BEATS_PER_LAG_LOOK = 40;

  /** Makes a server's {@link VoterState}, once in a start. */
  public interface Voters {
    /** See the constructor of {@link VoterState}. */
    VoterState make(Lessee self, LeaseConfig config, Duration durableBound, TTInterval now);
  }

  private final HostServices services;
  private final PaxosConfig config;
  private final LeaseManager leases;
  private final NavigableMap<GroupId, GroupReplica> replicas = new TreeMap<>();
  private final Elections elections;
  private final Turns turns = new Turns(replicas);

  /** What is left of replicas that were closed since the start. */
  private final Map<GroupId, RecoveredGroup> closed = new TreeMap<>();

  private final LagWatch lags;
  private final CloseStreams closing;
  private final EntryReads reads;
  private final ImageServer images;
  private final Rounds rounds;
  private final Pace pace;

  /** Whom leases are wanted from; null if something has happened to a group since it was so. */
  private @Nullable SortedSet<ServerId> lessors;

  private long beats;
  private Timestamp markAt = Timestamp.MIN;
  private boolean stopped;
  private Consumer<GroupId> dispensableListener = group -> {};

  /**
   * The replicas of a server that has just started.
   *
   * @throws ClockFaultException if the clock shows less than what had surely passed in an earlier
   *     start (protocol G10)
   */
  public ReplicaHost(HostServices services, LeaseConfig lease) {
    this(services, lease, VoterState::new);
  }

  /**
   * As the other constructor.
   *
   * @param voters makes what this server owes to others as a voter
   */
  public ReplicaHost(HostServices services, LeaseConfig lease, Voters voters) {
    this.services = services;
    this.config = PaxosConfig.of(lease);
    Timestamp passed = services.log().recovered().timeMark();
    if (passed.isAfter(services.trueTime().now().latest())) {
      throw new ClockFaultException(
          ("the clock shows %s at most, but %s has passed already: set the host's clock, or wait;"
                  + " if it was ahead before, replace this server by a new one")
              .formatted(services.trueTime().now().latest(), passed));
    }
    Duration tick = lease.heartbeat().dividedBy(TICKS_PER_HEARTBEAT);
    this.rounds =
        new Rounds(
            services.strand(),
            services.env().clocks(),
            tick.compareTo(TICK_MAX) < 0 ? tick : TICK_MAX,
            this::round);
    this.pace = new Pace(lease, rounds);
    this.leases = new LeaseManager(services, lease, voters, rounds::soon);
    this.closing = new CloseStreams(services, new Closable());
    this.reads = new EntryReads(services);
    this.elections = new Elections(config.retry());
    this.lags = new LagWatch(services.env().events());
    this.images = new ImageServer(services, replicas::get);
  }

  /**
   * Makes this server's replica of a group, with data. Before {@link #start}, or later on the
   * server strand. A witness that is open here gets data: its log and votes stay, the state comes
   * from another replica.
   *
   * @param initial the members, if this server's log knows none: what it knows prevails. For a new
   *     group all its members; for a server that is to join, the present members and itself as
   *     read-only
   * @param machine what the group replicates
   * @param preference where its leader is wanted
   */
  public Replica open(
      GroupId group, ReplicaSet initial, StateMachine machine, LeaderPreference preference) {
    return open(group, initial, machine, preference, true);
  }

  /**
   * Makes this server's replica of a group as a witness: it votes and keeps the log, without data
   * (DESIGN 4). Before {@link #start}, or later on the server strand. A replica with data that is
   * open here becomes a witness; its state machine is used no more.
   *
   * @param initial as for {@link #open}; a server that is to join stands among the witnesses
   */
  public Replica openWitness(GroupId group, ReplicaSet initial) {
    long base = recovered(group).baseIndex();
    return open(group, initial, new WitnessMachine(base), LeaderPreference.NONE, false);
  }

  private Replica open(
      GroupId group,
      ReplicaSet initial,
      StateMachine machine,
      LeaderPreference preference,
      boolean holdsData) {
    GroupReplica before = replicas.get(group);
    if (before != null) {
      Invariants.check(before.holdsData() != holdsData, "%s is open already", group);
      before.become(machine, holdsData);
      return before;
    }
    ReplicaSetting setting =
        new ReplicaSetting(
            initial,
            holdsData,
            config,
            preference,
            services.env().random().fork("paxos-" + group.value()),
            machine.checkpointIndex());
    GroupReplica replica =
        new GroupReplica(
            services,
            new HostParts(leases, closing, reads, this::dispensable, this::stirred),
            machine,
            setting,
            recovered(group));
    replicas.put(group, replica);
    turns.changed();
    services.log().taken(group);
    stirred();
    return replica;
  }

  /** Something has happened to a group: what was worked out for all of them is so no longer. */
  private void stirred() {
    lessors = null;
    rounds.soon();
  }

  private RecoveredGroup recovered(GroupId group) {
    RecoveredGroup closedHere = closed.get(group);
    return closedHere == null ? services.log().recovered().group(group) : closedHere;
  }

  /**
   * The groups that had a replica on this server before the start, all of which are to be opened
   * again, with everybody who may be a member (both sides while members change). Where this server
   * is a witness, by {@link #openWitness}; else with data, also where it is no member: then it was
   * about to join, or has left and was not closed yet.
   */
  public SortedMap<GroupId, ReplicaSet> recoveredGroups() {
    SortedMap<GroupId, ReplicaSet> found = new TreeMap<>();
    services
        .log()
        .recovered()
        .groups()
        .forEach((group, state) -> {
          ReplicaSet last = state.mayBeMembers(services.messenger().self().server());
          if (last != null) {
            found.put(group, last);
          }
        });
    return found;
  }

  /**
   * Ends this server's replica of a group and forgets its log: for one that is no member any more.
   * What it has promised stays remembered. On the server strand; does nothing if it is not open.
   * Completes on the strand once that is durable: only then its data may be deleted.
   *
   * <p>Not before the change that removed this server has been reported as done ({@link
   * Replica#changeMembers}), or the group's leader has said so ({@link #onDispensable}): until then
   * too few of the others may know that they can do without it.
   */
  public CompletableFuture<Void> close(GroupId group) {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    GroupReplica replica = replicas.remove(group);
    turns.changed();
    stirred();
    if (replica != null) {
      closed.put(group, replica.shut(() -> durable.complete(null)));
      images.closed(group);
    } else {
      durable.complete(null);
    }
    return durable;
  }

  /**
   * Is told, on the server strand, when nobody needs this server's replica of a group any more: it
   * was removed, and enough of the others will remember that. May be told again. See {@link
   * #close}.
   */
  public void onDispensable(Consumer<GroupId> listener) {
    dispensableListener = listener;
  }

  private void dispensable(GroupId group) {
    dispensableListener.accept(group);
  }

  /** The groups that had a replica on this server once, and have none by what the log says. */
  public List<GroupId> closedGroups() {
    return services.log().recovered().groups().entrySet().stream()
        .filter(each -> each.getValue().closed())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Begins to vote, follow and lead. Callable from any thread, once. */
  public void start() {
    services.strand().execute(this::begin);
  }

  private void begin() {
    leases.start();
    closing.start();
    images.start();
    services.messenger().on(PaxosMessages.GROUP, m -> services.strand().execute(() -> deliver(m)));
    services
        .messenger()
        .on(PaxosMessages.IMAGE_OFFER, m -> services.strand().execute(() -> onOffer(m)));
    rounds.start();
  }

  /** All that comes round; see {@link Rounds.Round}. */
  private long round(long point) {
    if (pace.beatDue(point)) {
      pace.beaten(point, beat());
    }
    tick();
    if (pace.closeDue(point)) {
      pace.closed(point, closing.tick());
    }
    Duration quiet = quietFor();
    if (quiet.isZero()) {
      pace.unsettled();
    }
    return Math.min(rounds.pointAfter(quiet), pace.next(point));
  }

  /** Once a heartbeat or two; tells whether all that were asked for leases before have answered. */
  private boolean beat() {
    boolean answered = leases.renew(lessors());
    markTime();
    images.tick();
    if (++beats % BEATS_PER_LAG_LOOK == 0) {
      lags.look(replicas.values());
    }
    return answered;
  }

  /** For so long the time matters to no group, if nothing else happens; at most a lease. */
  private Duration quietFor() {
    TTInterval now = services.trueTime().now();
    Timestamp latest = now.latest();
    Timestamp until = latest.plus(config.lease().length());
    for (GroupReplica replica : replicas.values()) {
      until = Timestamp.min(until, replica.quietUntil(now, latest));
    }
    return latest.isBefore(until)
        ? Duration.ofNanos(until.nanos() - latest.nanos())
        : Duration.ZERO;
  }

  private void onOffer(Received<ImageOfferProto> message) {
    GroupReplica replica = replicas.get(message.group());
    if (replica != null && !stopped) {
      replica.installer().offered(message.from());
    }
  }

  /** What {@link CloseStreams} needs of the replicas here. */
  private final class Closable implements CloseStreams.Groups {
    @Override
    public void promise(Timestamp t, CloseStreams.Members members) {
      if (services.watch().fenced()) {
        return;
      }
      ServerId self = services.messenger().self().server();
      for (GroupReplica replica : replicas.values()) {
        CloseStreams.Registration promised = replica.closing().promise(t);
        if (promised != null) {
          for (ServerId peer : replica.core().members().everybody().dataHolders()) {
            if (!peer.equals(self)) {
              members.promised(peer, replica.group(), promised);
            }
          }
        }
      }
    }

    @Override
    public void closed(GroupId group, CloseStreams.Registration registration, Timestamp t) {
      GroupReplica replica = replicas.get(group);
      if (replica != null && !stopped) {
        replica.closing().heard(registration.ballot(), registration.lastIndex(), t);
      }
    }

    @Override
    public void toldMore() {
      if (!stopped) {
        replicas.values().forEach(replica -> replica.closing().wake());
      }
    }
  }

  private void tick() {
    boolean fenced = fenced();
    boolean all = leases.disturbed();
    TTInterval now = services.trueTime().now();
    elections.look(now, this::electing);
    boolean room = elections.room();
    long memory = EntryReads.share(replicas.size());
    Timestamp soon = now.latest().plus(pace.longestBeat());
    Timestamp lately = now.latest().plus(config.lease().length().multipliedBy(-LATELY_LEASES));
    for (GroupReplica replica : turns.order()) {
      if (fenced) {
        replica.giveUp();
      } else if (all || !now.latest().isBefore(replica.quietUntil(now, soon))) {
        boolean electing = replica.core().electing();
        replica.tick(elections.room(), memory, replica.closing().leaderHeard(lately));
        if (!electing && replica.core().electing()) {
          elections.begin(replica.group(), now);
        }
        if (room && !elections.room()) {
          room = false;
          turns.beginAt(replica.group()); // those behind it come first when there is room again
        }
      }
    }
  }

  private boolean electing(GroupId group) {
    GroupReplica replica = replicas.get(group);
    return replica != null && replica.core().electing();
  }

  /** Whether the clock, read now, may not be relied upon (protocol G10). */
  private boolean fenced() {
    services.trueTime().now();
    return services.watch().fenced();
  }

  /** Whom the groups led from here, or about to be, need leases from. */
  private SortedSet<ServerId> lessors() {
    SortedSet<ServerId> known = lessors;
    if (known != null) {
      return known;
    }
    SortedSet<ServerId> found = new TreeSet<>();
    for (GroupReplica replica : replicas.values()) {
      if (replica.wantsLease()) {
        found.addAll(replica.core().electorate());
      }
    }
    lessors = found;
    return found;
  }

  /** Not at once after the start: by then somebody has told if this clock is ahead. */
  private void markTime() {
    Timestamp passed = services.trueTime().now().earliest();
    if (markAt.equals(Timestamp.MIN)) {
      markAt = passed.plus(TIME_MARK_INTERVAL);
    } else if (passed.plus(config.lease().heartbeat().dividedBy(2)).isAfter(markAt)
        && !services.watch().fenced()) {
      markAt = passed.plus(TIME_MARK_INTERVAL);
      services.log().append(List.of(new LogRecord.TimeMark(passed)), () -> {});
    }
  }

  private void deliver(Received<PaxosFrame> message) {
    GroupReplica replica = replicas.get(message.group());
    if (replica == null || stopped) {
      return; // a group that is not here yet: the sender will try again (protocol G24)
    }
    PaxosMessage body;
    try {
      body = PaxosWire.decode(message.body());
    } catch (IllegalArgumentException e) {
      services
          .env()
          .events()
          .event(
              Level.WARNING,
              "paxos",
              "refused a message from " + message.from() + ": " + e.getMessage());
      return;
    }
    boolean asksForVote =
        body instanceof PaxosMessage.PreVote || body instanceof PaxosMessage.Prepare;
    if (asksForVote && fenced()) {
      return; // whether what was promised to another has ended, only a clock can tell
    }
    replica.deliver(message.from(), body);
  }

  /**
   * Hands all leaderships to others, for a graceful stop; on the server strand. From now on this
   * server votes and follows, but leads nothing, and says so wherever it answers for leases.
   */
  public void handOverAll() {
    leases.voter().leave();
    replicas.values().forEach(replica -> replica.handOver(null));
  }

  /** Whether a group is led from here; for a graceful stop and status pages. */
  public boolean leadsAny() {
    return replicas.values().stream().anyMatch(Replica::leaseValidNow);
  }

  /** Takes no more input; what is on its way to the log still arrives there. */
  public void stop() {
    stopped = true;
    rounds.stop();
  }

  /** One line for each group. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    replicas.values().forEach(replica -> out.append(replica).append('\n'));
    return out.toString();
  }
}
