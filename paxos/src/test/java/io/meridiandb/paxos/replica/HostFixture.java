package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.Inheritance;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.log.WriteAheadLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.FencingRule;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Whole replica hosts in a simulated world: real log, messenger and TrueTime. */
final class HostFixture implements AutoCloseable {
  static final GroupId G = GroupId.ZERO;
  private static final UniverseId UNIVERSE = new UniverseId(7, 8);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** One server and what its state machine has seen in this start. */
  final class Server implements StateMachine {
    final ServerId id;
    final List<String> applied = new ArrayList<>();
    final List<String> roles = new ArrayList<>();

    /** What only the leader knows; a hand-over ships it. */
    String locks = "";

    Strand strand;
    ReplicaHost host;
    Replica replica;

    Server(ServerId id) {
      this.id = id;
    }

    void start(Env env) {
      applied.clear();
      roles.clear();
      locks = "";
      replica = null;
      strand = env.strands().create("server");
      TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      ServerIdentity identity = new ServerIdentity(UNIVERSE, id, world.life(id));
      ClockWatch watch = new ClockWatch(trueTime, env.events(), rule);
      Messenger messenger =
          new Messenger(identity, env.transport(), trueTime::now, strand, env.events());
      messenger.watchClocks(watch);
      WriteAheadLog.open(
              env,
              new WriteAheadLog.Owner(UNIVERSE, id, LogOptions.SMALL),
              strand,
              failure -> {
                throw failure;
              })
          .thenAccept(log -> {
            HostServices services = new HostServices(env, strand, messenger, log, trueTime, watch);
            host = new ReplicaHost(services, LeaseConfig.SHORT);
            replica = host.open(G, ReplicaSet.ofFull(ids), this, LeaderPreference.NONE);
            host.start();
          });
    }

    @Override
    public long checkpointIndex() {
      return 0;
    }

    @Override
    public void apply(LogEntry entry) {
      applied.add(entry.payload().toStringUtf8());
    }

    @Override
    public void becameLeader(LeaderTerm term) {
      roles.add("leads");
      Inheritance inherited = term.inherited();
      locks = inherited == null ? "" : inherited.state().toStringUtf8();
    }

    @Override
    public ByteString handOver() {
      return ByteString.copyFromUtf8(locks);
    }

    @Override
    public void stepDown() {
      roles.add("stops");
      locks = "";
    }

    boolean leads() {
      return replica != null && world.runs(id) && replica.leaseValidNow();
    }

    CompletableFuture<Long> propose(String command) {
      CompletableFuture<Long> done = new CompletableFuture<>();
      strand.execute(() -> {
        try {
          replica
              .propose(ByteString.copyFromUtf8(command))
              .chosen()
              .whenComplete((index, error) -> {
                if (error == null) {
                  done.complete(index);
                } else {
                  done.completeExceptionally(error);
                }
              });
        } catch (NotLeaderException e) {
          done.completeExceptionally(e);
        }
      });
      return done;
    }
  }

  final SimulatedWorld world;
  final List<ServerId> ids = new ArrayList<>();
  final Map<ServerId, Server> servers = new TreeMap<>();

  private final FencingRule rule;

  HostFixture(long seed, int size) {
    this(seed, size, FencingRule.MAJORITY);
  }

  HostFixture(long seed, int size, FencingRule rule) {
    this.rule = rule;
    world = new SimulatedWorld(seed);
    for (int i = 1; i <= size; i++) {
      ids.add(new ServerId(i));
    }
    for (ServerId id : ids) {
      Server server = new Server(id);
      servers.put(id, server);
      server.start(world.server(id));
    }
  }

  Server leader() {
    until(() -> servers.values().stream().filter(Server::leads).count() == 1);
    return servers.values().stream().filter(Server::leads).findFirst().orElseThrow();
  }

  void until(BooleanSupplier condition) {
    world.runUntil(condition, TIMEOUT);
  }

  long propose(Server server, String command) {
    CompletableFuture<Long> done = server.propose(command);
    until(done::isDone);
    return done.join();
  }

  /** More groups of all servers, with nothing in them; on the server's strand. */
  void openMore(Server server, int count, ServerId leader) {
    LeaderPreference there = LeaderPreference.on(List.of(leader));
    for (int i = 1; i <= count; i++) {
      server.host.open(new GroupId(i), ReplicaSet.ofFull(ids), new WitnessMachine(0), there);
    }
  }

  void crash(Server server) {
    world.crash(server.id);
  }

  void restart(Server server) {
    server.start(world.restart(server.id));
  }

  @Override
  public void close() {
    world.close();
  }
}
