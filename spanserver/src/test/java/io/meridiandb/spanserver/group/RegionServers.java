package io.meridiandb.spanserver.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.log.WriteAheadLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.HostServices;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.ReplicaHost;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.gateway.Accounts;
import io.meridiandb.txn.gateway.BankWorkload;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.GatewayImpl;
import io.meridiandb.txn.gateway.Router;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Three regions with one server each, A, B and C, as far apart as the preset {@code three-regions}
 * says (A-B 80 ms, B-C 120 ms, A-C 160 ms there and back, up to a twentieth more), with Paxos, log,
 * tablets and transactions as in production. Group {@code i} holds the accounts from {@code 100 i}
 * on and is led where the test wants it.
 */
final class RegionServers implements AutoCloseable {
  static final ServerId A = new ServerId(1);
  static final ServerId B = new ServerId(2);
  static final ServerId C = new ServerId(3);
  static final List<ServerId> SERVERS = List.of(A, B, C);
  private static final List<String> REGIONS = List.of("a", "b", "c");
  private static final UniverseId UNIVERSE = new UniverseId(1, 1);

  /** Nearest first, for the server of that place. */
  private static final List<List<ServerId>> NEAREST =
      List.of(List.of(A, B, C), List.of(B, A, C), List.of(C, B, A));

  final SimulatedWorld world;
  final Accounts accounts = new Accounts(1_000);
  private final List<ServerId> leaders;
  private final NavigableMap<Key, GroupId> borders = new TreeMap<>();
  private final Map<ServerId, Gateway> gateways = new TreeMap<>();
  private final Map<ServerId, ReplicaHost> hosts = new TreeMap<>();
  private final Map<ServerId, List<Replica>> replicas = new TreeMap<>();

  /**
   * Starts them, with all groups led and all accounts given to their groups.
   *
   * @param leaders where group 0, 1 and so on are led
   */
  RegionServers(long seed, List<ServerId> leaders) throws Exception {
    this.world = new SimulatedWorld(seed);
    this.leaders = leaders;
    world
        .network()
        .latencies(
            LatencyMatrix.preset("three-regions", REGIONS),
            server -> REGIONS.get(SERVERS.indexOf(server)));
    borders.put(Key.MIN, GroupId.ZERO);
    for (int i = 1; i < leaders.size(); i++) {
      borders.put(accounts.key(100L * i), new GroupId(i));
    }
    for (ServerId id : SERVERS) {
      Env env = world.server(id);
      env.fibers().start("start", () -> start(id, env));
    }
    world.runUntil(() -> gateways.size() == SERVERS.size(), Duration.ofMinutes(1));
    world.runFor(Duration.ofSeconds(20)); // until leaders are where they are wanted
    at(
        A,
        () -> {
          giveDirectories();
          return true;
        });
    world.runFor(Duration.ofSeconds(5)); // until all groups have the outcomes
  }

  private void start(ServerId id, Env env) {
    try {
      Strand strand = env.strands().create("server");
      TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      ServerIdentity self = new ServerIdentity(UNIVERSE, id, 1);
      Messenger messenger =
          new Messenger(self, env.transport(), trueTime::now, strand, env.events());
      ClockWatch watch = new ClockWatch(trueTime, env.events());
      messenger.watchClocks(watch);
      WriteAheadLog log =
          env.fibers()
              .await(
                  WriteAheadLog.open(
                      env,
                      new WriteAheadLog.Owner(UNIVERSE, id, LogOptions.SMALL),
                      strand,
                      failure -> env.events().failure("test", "the log failed", failure)),
                  Duration.ofMinutes(1));
      GatewayImpl gateway = new GatewayImpl(env, trueTime, messenger, new RegionRouter(id), strand);
      ServerGroups served =
          new ServerGroups(
              env, trueTime, messenger, strand, GroupOptions.DEFAULT, gateway.recovery());
      ReplicaHost host =
          new ReplicaHost(
              new HostServices(env, strand, messenger, log, trueTime, watch), LeaseConfig.DEFAULT);
      for (int i = 0; i < leaders.size(); i++) {
        TabletGroup group = served.open(new GroupId(i));
        LeaderPreference wanted = LeaderPreference.on(List.of(leaders.get(i)));
        Replica replica = host.open(group.group(), ReplicaSet.ofFull(SERVERS), group, wanted);
        group.bind(replica);
        replicas.computeIfAbsent(id, server -> new ArrayList<>()).add(replica);
        strand.execute(() -> served.serve(group));
      }
      host.start();
      hosts.put(id, host);
      gateways.put(id, gateway);
    } catch (IOException e) {
      throw new AssertionError("cannot open " + id, e);
    }
  }

  /** Tells each group, in a transaction with group 0, what it owns. */
  private void giveDirectories() {
    for (int i = 1; i < leaders.size(); i++) {
      Key from = accounts.key(100L * i);
      GroupId group = new GroupId(i);
      DirectoryRow row =
          new DirectoryRow(
              new KeyRange(from, borders.higherKey(from)), i, 1, group, GroupId.ZERO, 0, SERVERS);
      BankWorkload.write(gateway(A), 100L + i, List.of(row.put(GroupId.ZERO), row.put(group)));
    }
  }

  Gateway gateway(ServerId server) {
    Gateway gateway = gateways.get(server);
    if (gateway == null) {
      throw new AssertionError(server + " has not started");
    }
    return gateway;
  }

  /** Who leads the group now; null if nobody does. */
  @Nullable ServerId leader(int group) {
    for (Map.Entry<ServerId, List<Replica>> each : replicas.entrySet()) {
      if (each.getValue().get(group).leaseValidNow()) {
        return each.getKey();
      }
    }
    return null;
  }

  /** The group's leader hands over, to another full replica. */
  void handOver(int group, ServerId to) throws Exception {
    ServerId leader = leader(group);
    if (leader == null) {
      throw new AssertionError("nobody leads group " + group);
    }
    at(
        leader,
        () -> {
          replicas.getOrDefault(leader, List.of()).get(group).handOver(to);
          return true;
        });
  }

  /** The server hands over all that it leads, then it is gone. */
  void leave(ServerId server) throws Exception {
    ReplicaHost host = hosts.get(server);
    if (host == null) {
      throw new AssertionError(server + " has not started");
    }
    at(
        server,
        () -> {
          host.handOverAll();
          return true;
        });
    world.runFor(Duration.ofMillis(500)); // what it says last is on its way
    replicas.remove(server);
    world.crash(server);
  }

  /** The sum of a counter over all servers. */
  long counted(String counter) {
    return SERVERS.stream().mapToLong(each -> world.counters(each).getOrDefault(counter, 0L)).sum();
  }

  /** Does something on a fiber of a server. */
  <T> T at(ServerId server, Callable<T> body) throws Exception {
    return world.call(server, body);
  }

  @Override
  public void close() {
    try {
      assertThat(world.failures()).isEmpty();
    } finally {
      world.close();
    }
  }

  /** Knows everything; learns epochs. */
  private final class RegionRouter implements Router {
    private final ServerId self;
    private final Map<GroupId, Leader> known = new TreeMap<>();

    RegionRouter(ServerId self) {
      this.self = self;
    }

    @Override
    public GroupId locate(Key key) {
      GroupId local = GroupKeys.groupOf(key);
      return local != null ? local : borders.floorEntry(key).getValue();
    }

    @Override
    public @Nullable GroupId locate(KeyRange range) {
      List<Located> parts = cut(range);
      return parts.size() == 1 ? parts.getFirst().group() : null;
    }

    @Override
    public List<Located> cut(KeyRange range) {
      List<Located> parts = new ArrayList<>();
      Key from = range.start();
      while (true) {
        Key next = GroupKeys.isLocal(from) ? null : borders.higherKey(from);
        if (next == null || (range.end() != null && next.compareTo(range.end()) >= 0)) {
          parts.add(new Located(new KeyRange(from, range.end()), locate(from)));
          return parts;
        }
        parts.add(new Located(new KeyRange(from, next), locate(from)));
        from = next;
      }
    }

    @Override
    public Leader leader(GroupId group) {
      return known.getOrDefault(group, new Leader(leaders.get((int) group.value()), 0));
    }

    @Override
    public List<ServerId> replicas(GroupId group) {
      return NEAREST.get(SERVERS.indexOf(self));
    }

    @Override
    public boolean near(ServerId server) {
      return server.equals(self);
    }

    @Override
    public boolean votesAreFar(GroupId group) {
      return true;
    }

    @Override
    public void learned(GroupId group, ServerId server, long epoch) {
      known.put(group, new Leader(server, epoch));
    }

    @Override
    public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
      if (hint != null) {
        known.put(group, new Leader(hint, 0));
      }
    }
  }
}
