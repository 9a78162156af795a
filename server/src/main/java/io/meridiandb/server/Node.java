package io.meridiandb.server;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.paxos.log.LogFailedException;
import io.meridiandb.paxos.log.WriteAheadLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.HandOverRehearsal;
import io.meridiandb.paxos.replica.HostServices;
import io.meridiandb.paxos.replica.ReplicaHost;
import io.meridiandb.placement.driver.PlacementRoles;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.spanserver.directory.DirectoryService;
import io.meridiandb.spanserver.directory.LocalGroup;
import io.meridiandb.spanserver.group.HostedReplica;
import io.meridiandb.spanserver.group.ServerGroups;
import io.meridiandb.sql.catalog.Universe;
import io.meridiandb.sql.session.ServerInfo;
import io.meridiandb.sql.session.SqlService;
import io.meridiandb.truetime.ClockFaultException;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.masters.MastersTrueTime;
import io.meridiandb.txn.gateway.GatewayImpl;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One server of a universe, put together from its parts on top of an {@link Env}: the same assembly
 * whether the Env is a machine's or the simulator's. It owns no thread, socket or file itself.
 *
 * <p>Life: {@link #assemble}, {@link #start}, then clients by {@link #connect}; {@link #drain} for
 * an orderly end. If its log fails it is dead at once ({@link #died}): it acknowledges nothing
 * more.
 */
public final class Node {
  /** The product's version, as clients see it. */
  public static final String VERSION = "0.1.0";

  private static final Duration TIME_KNOWN_MAX = Duration.ofSeconds(20);
  private static final Duration LOG_OPEN_MAX = Duration.ofSeconds(50);
  private static final Duration HAND_OVER_MAX = Duration.ofSeconds(3);
  private static final Duration CHECKPOINT_MAX = Duration.ofSeconds(3);

  /** How long transactions that are under way may take when the server ends. */
  private static final Duration SESSIONS_FINISH_MAX = Duration.ofSeconds(2);

  /** How long they may take to roll back. */
  private static final Duration SESSIONS_END_MAX = Duration.ofMillis(500);

  /** How long a server that ends waits for the leaders that take over from it to be elected. */
  private static final Duration SUCCESSOR_MAX = Duration.ofSeconds(1);

  private static final Duration SESSIONS_POLL = Duration.ofMillis(5);
  private static final Duration DRAIN_POLL = Duration.ofMillis(20);

  private final Env env;
  private final TrueTime trueTime;
  private final NodeConfig config;
  private final NodeParts parts;
  private final Strand strand;
  private final Messenger messenger;
  private final ClockWatch clockWatch;
  private final ServerGroups groups;
  private final PlacementRoles placement;
  private final SqlService sql;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<String> died = new CompletableFuture<>();

  /** Set and used on the strand. */
  private @Nullable Running running;

  /** What there is once the log is open. */
  private record Running(
      WriteAheadLog log, ReplicaHost host, HostedGroups groups, DirectoryService directories) {}

  private Node(Env env, TrueTime trueTime, NodeConfig config, NodeParts parts) {
    this.parts = parts;
    this.env = env;
    this.trueTime = trueTime;
    this.config = config;
    this.strand = env.strands().create("server");
    this.messenger =
        new Messenger(config.identity(), env.transport(), trueTime::now, strand, env.events());
    this.clockWatch = new ClockWatch(trueTime, env.events());
    messenger.watchClocks(clockWatch);
    LocationProxy router =
        new LocationProxy(config.topology(), config.identity().server(), config.groupZero());
    GatewayImpl gateway = new GatewayImpl(env, trueTime, messenger, router, strand);
    this.groups =
        new ServerGroups(
            env,
            trueTime,
            messenger,
            strand,
            config.sizes().groups().with(parts),
            gateway.recovery());
    ServerInfo info =
        new ServerInfo(VERSION, config.name(), config.identity().universe().toString());
    this.placement =
        new PlacementRoles(
            new PlacementRoles.Ground(env, trueTime, messenger, config.topology(), router, gateway),
            PlacementRoles.Options.DEFAULT.replacingAfter(config.times().replaceAfter()));
    Universe universe =
        new Universe(
            config.identity().server(), config.topology(), placement.admin(), router, trueTime);
    this.sql = new SqlService(env, gateway, info, config.sizes().queryBytesMax(), universe);
  }

  /** Puts a node together; nothing moves before {@link #start}. */
  public static Node assemble(Env env, TrueTime trueTime, NodeConfig config) {
    return assemble(env, trueTime, config, NodeParts.PLAIN);
  }

  /** The same with something between its parts. */
  public static Node assemble(Env env, TrueTime trueTime, NodeConfig config, NodeParts parts) {
    return new Node(env, trueTime, config, parts);
  }

  /** Opens log and tablets and begins to vote; {@link #started} tells when it is done. */
  public void start() {
    env.fibers().start("start-" + config.name(), this::open);
  }

  private void open() {
    try {
      awaitTime();
      WriteAheadLog.Owner owner =
          new WriteAheadLog.Owner(
              config.identity().universe(), config.identity().server(), config.sizes().log());
      WriteAheadLog log =
          env.fibers().await(WriteAheadLog.open(env, owner, strand, this::logFailed), LOG_OPEN_MAX);
      CompletableFuture<Running> ready = new CompletableFuture<>();
      strand.execute(() -> prepare(log, ready));
      Running now = env.fibers().await(ready, LOG_OPEN_MAX);
      now.groups.discardLeftovers(now.host.closedGroups());
      for (Map.Entry<GroupId, ReplicaSet> group : firstGroups(now.host).entrySet()) {
        now.groups.open(group.getKey(), group.getValue());
      }
      now.host.start();
      placement.start();
      if (config.sizes().warm()) {
        HandOverRehearsal.begin(env, trueTime);
        sql.warmUp();
        sql.rehearse();
      }
      started.complete(null);
    } catch (RuntimeException e) {
      String what = config.name() + " cannot start";
      if (e instanceof ClockFaultException) { // nothing is broken here but the host's clock
        env.events().event(Level.ERROR, "server", what + ": " + e.getMessage());
      } else {
        env.events().failure("server", what, e);
      }
      started.completeExceptionally(e);
      died.complete(String.valueOf(e.getMessage()));
    }
  }

  /** A clock that follows others must have asked them. */
  private void awaitTime() {
    if (trueTime instanceof MastersTrueTime following) {
      try {
        env.fibers().await(following.start(env, messenger, strand), TIME_KNOWN_MAX);
      } catch (AwaitTimeoutException e) {
        following.now();
        throw new ClockFaultException("it does not know the time: " + following.fault());
      }
    }
  }

  private void prepare(WriteAheadLog log, CompletableFuture<Running> ready) {
    try {
      HostServices services =
          new HostServices(env, strand, messenger, parts.log(log), trueTime, clockWatch);
      ReplicaHost host = new ReplicaHost(services, config.times().lease(), parts::voter);
      HostedGroups hosted =
          new HostedGroups(
              new HostedGroups.Ground(
                  env, trueTime, strand, config.identity().server(), groups, host, parts),
              (group, cause, diskFailed) -> groupStopped(host, cause, diskFailed));
      host.onDispensable(hosted::remove);
      DirectoryService directories =
          new DirectoryService(env, messenger, strand, clockWatch, hosted, hosted);
      Running now = new Running(log, host, hosted, directories);
      running = now;
      ready.complete(now);
    } catch (RuntimeException e) {
      ready.completeExceptionally(e);
    }
  }

  /** The groups that the log remembers, and group 0 if the universe was made with one here. */
  private Map<GroupId, ReplicaSet> firstGroups(ReplicaHost host) {
    Map<GroupId, ReplicaSet> first = new TreeMap<>(host.recoveredGroups());
    boolean left = host.closedGroups().contains(GroupId.ZERO);
    if (!left && config.groupZero().kindOf(config.identity().server()) != null) {
      first.putIfAbsent(GroupId.ZERO, config.groupZero());
    }
    return first;
  }

  /**
   * A group that has stopped must not keep others from leading it; a failed disk ends the server.
   */
  private void groupStopped(ReplicaHost host, Throwable cause, boolean diskFailed) {
    if (diskFailed) {
      host.stop();
      died.complete(String.valueOf(cause.getMessage()));
    } else {
      strand.schedule(HAND_OVER_MAX, host::stop);
    }
  }

  private void logFailed(LogFailedException reason) {
    env.events().failure("server", config.name() + " stops: its log has failed", reason);
    Running now = running;
    if (now != null) {
      now.host.stop();
    }
    died.complete(String.valueOf(reason.getMessage()));
  }

  /** Completes when the node takes clients; fails if it cannot start. */
  public CompletableFuture<Void> started() {
    return started;
  }

  /** Completes, with the reason, when the node cannot go on; it acknowledges nothing from then. */
  public CompletableFuture<String> died() {
    return died;
  }

  /** A client has connected; callable from any thread. */
  public FrameChannel.Listener connect(FrameChannel toClient) {
    return sql.connect(toClient);
  }

  /** How the node is now. */
  public CompletableFuture<NodeStatus> status() {
    CompletableFuture<NodeStatus> answer = new CompletableFuture<>();
    strand.execute(() -> answer.complete(statusNow()));
    return answer;
  }

  /**
   * A glance at a node from outside, which leaves no trace in it.
   *
   * @param clock what it takes for the time
   * @param fenced whether it knows that its clock is wrong
   * @param replicas its groups, by id: alive, to be looked at at once
   */
  public record Glance(TTInterval clock, boolean fenced, List<HostedReplica> replicas) {}

  /**
   * Looks at the node at this very moment: for the simulator between two events, when nothing of
   * the node runs. Unlike a status, which reads its clock as the node itself does and reports what
   * that shows, it changes nothing: a run that is watched goes on like one that is not.
   */
  public Glance glance() {
    Running now = running;
    return new Glance(
        clockWatch.peek(), clockWatch.peekFenced(), now == null ? List.of() : now.groups.hosted());
  }

  /** How the node is now, for a caller that acts for it at this very moment. */
  public NodeStatus statusNow() {
    Running now = running;
    List<NodeStatus.GroupStatus> list = now == null ? List.of() : now.groups.status();
    return new NodeStatus(clockWatch.status(), sql.openSessions(), list);
  }

  /**
   * Hands a group over to another full replica that is up, as an operator or a test would; nothing
   * happens if this server does not lead it.
   */
  public void handOver(GroupId group, ServerId target) {
    strand.execute(() -> {
      Running now = running;
      LocalGroup replica = now == null ? null : now.groups.find(group);
      if (replica != null) {
        replica.handOver(target);
      }
    });
  }

  /**
   * Ends in order: what sessions run is finished while their clients begin nothing more here,
   * leaderships are handed over, what is still open is rolled back, the log is forced and the files
   * are let go. Completes when it is done.
   */
  public CompletableFuture<Void> drain() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    sql.drain();
    placement.stop();
    env.fibers().start("drain-" + config.name(), () -> finish(done));
    return done;
  }

  private void finish(CompletableFuture<Void> done) {
    try {
      awaitSessions(SESSIONS_FINISH_MAX, () -> sql.busySessions() == 0);
      strand.execute(() -> {
        if (running != null) {
          running.host.handOverAll();
        }
      });
      awaitHandedOver();
      sql.end();
      awaitSessions(SESSIONS_END_MAX, () -> sql.openSessions() == 0);
      awaitCheckpoints();
      CompletableFuture<WriteAheadLog> stopped = new CompletableFuture<>();
      strand.execute(() -> {
        Running now = running;
        if (now == null) {
          stopped.completeExceptionally(new IllegalStateException("it never started"));
          return;
        }
        now.host.stop();
        groups.close();
        now.groups.forget();
        stopped.complete(now.log);
      });
      WriteAheadLog log = env.fibers().await(stopped, HAND_OVER_MAX);
      env.fibers().await(log.close(), HAND_OVER_MAX);
      done.complete(null);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  private void awaitSessions(Duration most, BooleanSupplier done) {
    for (long i = most.dividedBy(SESSIONS_POLL); i > 0 && !done.getAsBoolean(); i--) {
      env.fibers().sleep(SESSIONS_POLL);
    }
  }

  /** What is in memory only would have to be applied again at the next start. */
  private void awaitCheckpoints() {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    strand.execute(() ->
        groups
            .checkpoint()
            .whenComplete((done, error) -> {
              if (error == null) {
                durable.complete(null);
              } else {
                durable.completeExceptionally(error);
              }
            }));
    try {
      env.fibers().await(durable, CHECKPOINT_MAX);
    } catch (RuntimeException e) {
      env.events()
          .event(
              Level.WARNING,
              "server",
              "not every group made a checkpoint before the end (%s): the next start applies its log"
                  .formatted(e.getMessage()));
    }
  }

  /**
   * The server stays until another one leads, whose candidacy may need its vote: a third voter that
   * hears of the candidate before it hears of the release refuses, and is asked again only after a
   * heartbeat.
   */
  private void awaitHandedOver() {
    if (!awaitGroups(HAND_OVER_MAX, group -> !group.leading())) {
      env.events()
          .event(
              Level.WARNING, "server", config.name() + " stops while it leads: nobody took over");
    }
    awaitGroups(SUCCESSOR_MAX, this::hasSuccessor);
  }

  /** Whether another server has been elected since this one led; true if there is no other. */
  private boolean hasSuccessor(NodeStatus.GroupStatus group) {
    ServerId self = config.identity().server();
    ServerId leader = group.leader();
    boolean alone = group.members().full().stream().allMatch(self::equals);
    return alone || (leader != null && leader.equals(group.ballot().server()));
  }

  private boolean awaitGroups(Duration max, Predicate<NodeStatus.GroupStatus> wanted) {
    long rounds = max.dividedBy(DRAIN_POLL);
    for (long i = 0; i < rounds; i++) {
      if (env.fibers().await(status(), HAND_OVER_MAX).groups().stream().allMatch(wanted)) {
        return true;
      }
      env.fibers().sleep(DRAIN_POLL);
    }
    return false;
  }
}
