package io.meridiandb.spanserver.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
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
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.spanserver.tablet.TabletOptions;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.BankWorkload;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.GatewayImpl;
import io.meridiandb.txn.gateway.Router;
import io.meridiandb.txn.participant.CommitMode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bank over the real thing: three servers with Paxos, log, tablets and transactions, while
 * frames are lost and overtaken, links break, leaderships are handed over, and servers lose their
 * power with all bytes that were not forced (reliability T34-T36, T40).
 */
class PaxosBankTest {
  private static final UniverseId UNIVERSE = new UniverseId(1, 1);
  private static final List<ServerId> SERVERS =
      List.of(new ServerId(1), new ServerId(2), new ServerId(3));
  private static final Duration END = Duration.ofSeconds(40);
  private static final GroupId OTHER = new GroupId(1);
  private static final GroupOptions OPTIONS =
      new GroupOptions(
          new TabletOptions(32 << 10, Duration.ofSeconds(5), 4, 1 << 20), Duration.ofMinutes(5));

  /** One life of one server. */
  private final class Node {
    final Gateway gateway;
    final Map<GroupId, TabletGroup> groups = new TreeMap<>();
    final List<Replica> replicas = new ArrayList<>();
    final Strand strand;

    Node(ServerId id, Env env, long incarnation) throws IOException {
      strand = env.strands().create("server");
      TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      Messenger messenger =
          new Messenger(
              new ServerIdentity(UNIVERSE, id, incarnation),
              env.transport(),
              trueTime::now,
              strand,
              env.events());
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
      GatewayImpl driver =
          new GatewayImpl(env, trueTime, messenger, new Proxy(id, borders, apart), strand, modes);
      gateway = driver;
      ServerGroups served =
          new ServerGroups(env, trueTime, messenger, strand, OPTIONS, driver.recovery());
      ReplicaHost host =
          new ReplicaHost(
              new HostServices(env, strand, messenger, log, trueTime, watch), LeaseConfig.SHORT);
      for (GroupId each : new TreeSet<>(borders.values())) {
        TabletGroup group = served.open(each);
        Replica replica = host.open(each, ReplicaSet.ofFull(SERVERS), group, LeaderPreference.NONE);
        group.bind(replica);
        groups.put(each, group);
        replicas.add(replica);
        strand.execute(() -> served.serve(group));
      }
      host.start();
    }
  }

  /** A location proxy in small: it knows the borders between the groups from the beginning. */
  private static final class Proxy implements Router {
    private final ServerId self;
    private final NavigableMap<Key, GroupId> borders;
    private final boolean apart;
    private final Map<GroupId, Leader> leaders = new TreeMap<>();

    Proxy(ServerId self, NavigableMap<Key, GroupId> borders, boolean apart) {
      this.self = self;
      this.borders = borders;
      this.apart = apart;
    }

    /** Whether the servers are in one region. */
    @Override
    public boolean near(ServerId server) {
      return !apart || server.equals(self);
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
      return leaders.getOrDefault(group, new Leader(SERVERS.getFirst(), 0));
    }

    @Override
    public List<ServerId> replicas(GroupId group) {
      List<ServerId> nearestFirst = new ArrayList<>(SERVERS);
      if (apart) {
        nearestFirst.remove(self);
        nearestFirst.addFirst(self);
      }
      return nearestFirst;
    }

    @Override
    public void learned(GroupId group, ServerId server, long epoch) {
      leaders.put(group, new Leader(server, epoch));
    }

    @Override
    public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
      if (leader(group).server().equals(server)) {
        ServerId next = SERVERS.get((SERVERS.indexOf(server) + 1) % SERVERS.size());
        leaders.put(group, new Leader(hint == null || hint.equals(server) ? next : hint, 0));
      }
    }
  }

  /** Which group holds the keys from here on. */
  private final NavigableMap<Key, GroupId> borders = new TreeMap<>();

  private final Map<ServerId, Node> nodes = new TreeMap<>();
  private CommitMode.Choice modes = CommitMode::of;
  private boolean apart;
  private long readTimes;
  private long incarnations;

  private Node node(ServerId id) {
    Node node = nodes.get(id);
    if (node == null) {
      throw new AssertionError(id + " does not run");
    }
    return node;
  }

  private void startAll(SimulatedWorld world) throws Exception {
    for (ServerId id : SERVERS) {
      start(world, id, world.server(id));
    }
    world.runUntil(() -> nodes.size() == SERVERS.size(), Duration.ofMinutes(1));
  }

  private void start(SimulatedWorld world, ServerId id, Env env) {
    long incarnation = ++incarnations;
    env.fibers()
        .start(
            "start",
            () -> {
              try {
                nodes.put(id, new Node(id, env, incarnation));
              } catch (IOException e) {
                throw new AssertionError(world.seed() + ": cannot open", e);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void totalsAreKept(long seed) throws Exception {
    borders.put(Key.MIN, GroupId.ZERO);
    run(seed);
  }

  /** Half of the accounts and the ledger are in a group of their own: every transfer spans both. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void totalsAreKeptOverTwoGroups(long seed) throws Exception { // reliability T34-T37, T40
    borders.put(Key.MIN, GroupId.ZERO);
    borders.put(account(3), OTHER);
    run(seed);
  }

  /**
   * Each server is in a region of its own, so that strong reads are served where they are made
   * (READ-TIME, G19), and the anchors' outcomes decide (G22).
   */
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void totalsAreKeptFarApartInExplicitMode(long seed) throws Exception {
    borders.put(Key.MIN, GroupId.ZERO);
    borders.put(account(3), OTHER);
    modes = (participants, listBytes) -> CommitMode.EXPLICIT;
    apart = true;
    run(seed);
    assertThat(readTimes).as("reads asked leaders to close").isPositive();
  }

  /** The key of an account of {@link BankWorkload}. */
  private static Key account(long id) {
    TableDescriptor table =
        new TableDescriptor(
            1_000,
            "accounts1000",
            List.of(new ColumnDescriptor(1, "id", SqlType.BIGINT, false, null)),
            List.of(new KeyPart(0, false)),
            null,
            false);
    return KeyCodec.of(table).encode(new Object[] {id});
  }

  private void run(long seed) throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      world
          .network()
          .standard(
              LinkConditions.of(Duration.ofMillis(apart ? 15 : 1), Duration.ofMillis(3))
                  .withFaults(10_000, 10_000, 20_000));
      startAll(world);
      BankWorkload bank = new BankWorkload(world);
      world.runFor(Duration.ofSeconds(2)); // until leaders are elected
      world.call(SERVERS.getFirst(), this::giveDirectories);
      world.runFor(Duration.ofSeconds(2)); // until the groups have the outcome
      load(world, bank, SERVERS.getFirst());
      for (ServerId server : SERVERS) {
        clients(world, bank, server);
      }
      nemesis(world, bank, world.random("nemesis"));
      world.runFor(END);
      world.network().joinAll();
      world.network().standard(LinkConditions.lan());
      for (ServerId server : SERVERS) {
        restart(world, bank, server, false);
      }
      world.runFor(Duration.ofSeconds(60));
      assertThat(world.failures()).isEmpty();
      for (ServerId server : SERVERS) {
        world.call(
            server,
            () -> {
              bank.checkAtTheEnd(node(server).gateway);
              return true;
            });
      }
      assertThat(bank.acknowledgedCount()).as(bank.summary()).isGreaterThan(50);
      replicasAreEqual();
      for (ServerId server : SERVERS) {
        readTimes += world.counters(server).getOrDefault("spanserver.read.times", 0L);
      }
    }
  }

  /** Tells both groups, in one transaction, which of them owns what. */
  private boolean giveDirectories() {
    if (borders.size() > 1) {
      Map.Entry<Key, GroupId> given = borders.lastEntry();
      DirectoryRow row =
          new DirectoryRow(
              new KeyRange(given.getKey(), null), 1, 1, OTHER, GroupId.ZERO, 0, SERVERS);
      Mutation source = row.put(GroupId.ZERO);
      Mutation destination = row.put(OTHER);
      BankWorkload.write(node(SERVERS.getFirst()).gateway, 8, List.of(source, destination));
    }
    return true;
  }

  private void load(SimulatedWorld world, BankWorkload bank, ServerId server) throws Exception {
    world.call(
        server,
        () -> {
          bank.load(node(server).gateway);
          return true;
        });
  }

  private void replicasAreEqual() {
    Map<String, String> first = rows(SERVERS.getFirst());
    for (ServerId server : SERVERS) {
      assertThat(rows(server)).as("rows of %s", server).isEqualTo(first);
    }
  }

  private Map<String, String> rows(ServerId server) {
    Map<String, String> rows = new TreeMap<>();
    for (TabletGroup group : node(server).groups.values()) {
      assertThat(group.preparedCount()).as("%s on %s", group.group(), server).isZero();
      group
          .tablet()
          .scan(
              KeyRange.ALL,
              false,
              Timestamp.MAX,
              (key, version) -> {
                byte[] value = version.value();
                rows.put(
                    group.group() + " " + key,
                    version.timestamp() + (value == null ? "" : Key.of(value).toString()));
                return true;
              });
    }
    return rows;
  }

  private void clients(SimulatedWorld world, BankWorkload bank, ServerId server) {
    for (int i = 0; i < 3; i++) {
      bank.start(server, world.server(server), node(server).gateway, END);
    }
  }

  private void restart(SimulatedWorld world, BankWorkload bank, ServerId id, boolean withClients) {
    if (world.runs(id)) {
      return;
    }
    start(world, id, world.restart(id));
    if (withClients) {
      world.schedule(
          Duration.ofSeconds(1),
          () -> {
            if (world.runs(id) && nodes.containsKey(id)) {
              clients(world, bank, id);
            }
          });
    }
  }

  private void nemesis(SimulatedWorld world, BankWorkload bank, RandomSource random) {
    if (world.elapsed().compareTo(END) >= 0) {
      return;
    }
    ServerId server = SERVERS.get(random.nextInt(SERVERS.size()));
    switch (random.nextInt(4)) {
      case 0 -> {
        nodes.remove(server);
        world.crash(server);
        world.schedule(
            Duration.ofMillis(300 + random.nextInt(2_000)),
            () -> restart(world, bank, server, true));
      }
      case 1 -> {
        world.network().isolate(server);
        world.schedule(Duration.ofMillis(random.nextInt(3_000)), world.network()::joinAll);
      }
      case 2 -> {
        Node node = nodes.get(server);
        if (node != null) {
          Replica replica = node.replicas.get(random.nextInt(node.replicas.size()));
          node.strand.execute(() -> replica.handOver(null));
        }
      }
      default -> world.pause(server, Duration.ofMillis(random.nextInt(1_500)));
    }
    world.schedule(
        Duration.ofMillis(1_000 + random.nextInt(3_000)), () -> nemesis(world, bank, random));
  }
}
