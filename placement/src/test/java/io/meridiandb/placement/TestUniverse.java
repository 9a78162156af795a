package io.meridiandb.placement;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.log.WriteAheadLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.HostServices;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.ReplicaHost;
import io.meridiandb.placement.driver.PlacementRoles;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.master.MasterElection;
import io.meridiandb.spanserver.directory.DirectoryService;
import io.meridiandb.spanserver.directory.GroupOpener;
import io.meridiandb.spanserver.directory.LocalGroup;
import io.meridiandb.spanserver.directory.LocalGroups;
import io.meridiandb.spanserver.group.GroupOptions;
import io.meridiandb.spanserver.group.HostedReplica;
import io.meridiandb.spanserver.group.ServerGroups;
import io.meridiandb.spanserver.group.TabletGroup;
import io.meridiandb.spanserver.tablet.TabletOptions;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.gateway.GatewayImpl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Servers with real logs, Paxos groups, tablets, participants and gateways in a simulated world:
 * what {@code server.Node} puts together, without SQL.
 */
public final class TestUniverse implements AutoCloseable {
  private static final UniverseId UNIVERSE = new UniverseId(9, 9);
  private static final Duration OPEN_MAX = Duration.ofMinutes(1);

  /** A server that is silent for so long is replaced. */
  static final Duration REPLACE_AFTER = Duration.ofSeconds(60);

  private static final GroupOptions OPTIONS =
      new GroupOptions(TabletOptions.SMALL, GroupOptions.DEFAULT.versionRetention());

  /** Two servers in the west, two in the east, one in the south; a zone for each. */
  public static final Topology TOPOLOGY =
      new Topology(
          List.of(
              place(1, "west", "west-a"),
              place(2, "west", "west-b"),
              place(3, "east", "east-a"),
              place(4, "east", "east-b"),
              place(5, "south", "south-a")));

  /** Group 0 has a voter in each region. */
  public static final ReplicaSet GROUP_ZERO =
      ReplicaSet.ofFull(List.of(new ServerId(1), new ServerId(3), new ServerId(5)));

  private static ServerPlace place(long id, String region, String zone) {
    return new ServerPlace(new ServerId(id), "server-" + id, region, zone);
  }

  /** One server's start. */
  public static final class Node implements GroupOpener, LocalGroups {
    public final GatewayImpl gateway;
    public final PlacementRoles roles;
    public final LocationProxy proxy;
    public final Env env;
    private final Strand strand;
    private final TrueTime trueTime;
    private final ReplicaHost host;
    private final ServerGroups groups;
    private final Map<GroupId, HostedReplica> hosted = new TreeMap<>();
    private final ServerId id;

    /** Whom the leaders here are to call late. */
    public volatile @Nullable VoterLag late;

    Node(ServerId id, Env env, long incarnation, PlacementRoles.Options options) {
      this.id = id;
      this.env = env;
      strand = env.strands().create("server");
      trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      ServerIdentity self = new ServerIdentity(UNIVERSE, id, incarnation);
      Messenger messenger =
          new Messenger(self, env.transport(), trueTime::now, strand, env.events());
      ClockWatch watch = new ClockWatch(trueTime, env.events());
      messenger.watchClocks(watch);
      proxy = new LocationProxy(TOPOLOGY, id, GROUP_ZERO);
      gateway = new GatewayImpl(env, trueTime, messenger, proxy, strand);
      groups = new ServerGroups(env, trueTime, messenger, strand, OPTIONS, gateway.recovery());
      WriteAheadLog log =
          env.fibers()
              .await(
                  WriteAheadLog.open(
                      env,
                      new WriteAheadLog.Owner(UNIVERSE, id, LogOptions.SMALL),
                      strand,
                      failure -> env.events().failure("test", "the log failed", failure)),
                  OPEN_MAX);
      host =
          new ReplicaHost(
              new HostServices(env, strand, messenger, log, trueTime, watch), LeaseConfig.SHORT);
      Map<GroupId, ReplicaSet> first = new TreeMap<>(host.recoveredGroups());
      if (GROUP_ZERO.kindOf(id) != null) {
        first.putIfAbsent(GroupId.ZERO, GROUP_ZERO);
      }
      first.forEach(this::open);
      host.onDispensable(this::remove);
      new DirectoryService(env, messenger, strand, watch, this, this);
      host.start();
      roles =
          new PlacementRoles(
              new PlacementRoles.Ground(env, trueTime, messenger, TOPOLOGY, proxy, gateway),
              options);
      roles.start();
    }

    @Override
    public void open(GroupId group, ReplicaSet members) {
      try {
        boolean witness = members.kindOf(id) == ReplicaSet.Kind.WITNESS;
        CompletableFuture<Boolean> there = new CompletableFuture<>();
        strand.execute(() -> there.complete(hosted.containsKey(group)));
        if (env.fibers().await(there, OPEN_MAX)) {
          return;
        }
        TabletGroup tablet = witness ? null : groups.open(group);
        CompletableFuture<Void> done = new CompletableFuture<>();
        strand.execute(() -> {
          try {
            host(group, members, tablet);
            done.complete(null);
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
        env.fibers().await(done, OPEN_MAX);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void host(GroupId group, ReplicaSet members, @Nullable TabletGroup tablet) {
      Replica replica;
      if (tablet == null) {
        replica = host.openWitness(group, members);
      } else {
        replica = host.open(group, members, tablet, LeaderPreference.NONE);
        tablet.bind(replica);
        groups.serve(tablet);
      }
      hosted.put(group, new HostedReplica(trueTime, replica, tablet));
    }

    /** As {@code server.HostedGroups} does; the data stays. */
    private void remove(GroupId group) {
      if (hosted.remove(group) != null) {
        host.close(group);
        groups.forget(group);
      }
    }

    /** Whether it has a replica of the group. */
    public boolean hosts(GroupId group) {
      return hosted.containsKey(group);
    }

    @Override
    public @Nullable LocalGroup find(GroupId group) {
      return hosted.get(group);
    }

    @Override
    public List<LocalGroup> all() {
      return hosted.values().stream().map(this::withLate).toList();
    }

    private LocalGroup withLate(HostedReplica replica) {
      if (late == null || !replica.leading()) {
        return replica;
      }
      return (LocalGroup)
          Proxy.newProxyInstance(
              LocalGroup.class.getClassLoader(),
              new Class<?>[] {LocalGroup.class},
              (proxy, method, args) ->
                  method.getName().equals("lags") ? List.of(late) : method.invoke(replica, args));
    }

    /** The administration from here. */
    public PlacementAdmin admin() {
      return roles.admin();
    }
  }

  public final SimulatedWorld world;
  private final PlacementRoles.Options options;
  private final Map<ServerId, Node> nodes = new TreeMap<>();
  private long incarnations;

  /** Starts all servers; short leases for masters, so that they change in a test's time. */
  public TestUniverse(long seed, long overfullBytes) {
    world = new SimulatedWorld(seed);
    options =
        new PlacementRoles.Options(
            new MasterElection.Timing(Duration.ofSeconds(3), Duration.ofMillis(700)),
            overfullBytes,
            REPLACE_AFTER);
    TOPOLOGY.servers().forEach(server -> start(server.id(), world.server(server.id())));
    world.runUntil(() -> nodes.size() == TOPOLOGY.servers().size(), OPEN_MAX);
  }

  private void start(ServerId id, Env env) {
    long incarnation = ++incarnations;
    env.fibers().start("start", () -> nodes.put(id, new Node(id, env, incarnation, options)));
  }

  /** A running server. */
  public Node node(long id) {
    Node node = nodes.get(new ServerId(id));
    if (node == null) {
      throw new AssertionError("server " + id + " does not run");
    }
    return node;
  }

  public void crash(long id) {
    nodes.remove(new ServerId(id));
    world.crash(new ServerId(id));
  }

  public void restart(long id) {
    start(new ServerId(id), world.restart(new ServerId(id)));
    world.runUntil(() -> nodes.containsKey(new ServerId(id)), OPEN_MAX);
  }

  /** Runs something on a fiber of a server until it is done. */
  public <T extends @Nullable Object> T on(long server, Callable<T> body) {
    try {
      return world.call(new ServerId(server), body, Duration.ofMinutes(5));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    world.close();
  }
}
