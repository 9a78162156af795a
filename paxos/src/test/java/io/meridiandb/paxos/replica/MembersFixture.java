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
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.log.WriteAheadLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.membership.ReplicaSet.Kind;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Servers in a simulated world that open, close and change replicas of one group at runtime. */
final class MembersFixture implements AutoCloseable {
  static final GroupId G = new GroupId(7);
  private static final UniverseId UNIVERSE = new UniverseId(7, 8);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** One server; {@link #stored} is on its disk. */
  final class Server {
    final ServerId id;
    final StoredList.Disk stored = new StoredList.Disk();
    Strand strand;
    ReplicaHost host;
    Replica replica;
    StoredList machine;

    /** Its replica was closed, so it is not to be opened by itself. */
    boolean closed;

    Server(ServerId id) {
      this.id = id;
    }

    void start(Env env) {
      replica = null;
      machine = null;
      strand = env.strands().create("server");
      TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      ServerIdentity identity = new ServerIdentity(UNIVERSE, id, world.life(id));
      ClockWatch watch = new ClockWatch(trueTime, env.events());
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
            ReplicaSet found = host.recoveredGroups().get(G);
            if (found != null) {
              open(found);
            } else if (!closed && initial.kindOf(id) != null) {
              open(initial);
            }
            host.start();
          });
    }

    /** As a witness if that is what it is among {@code members}. */
    void open(ReplicaSet members) {
      if (members.kindOf(id) == Kind.WITNESS) {
        replica = host.openWitness(G, members);
      } else {
        machine = new StoredList(stored, this::changed);
        replica = host.open(G, members, machine, LeaderPreference.NONE);
      }
    }

    private void changed(ReplicaSet members) {
      if (replica.members().kindOf(id) == Kind.WITNESS && machine != null) {
        machine = null;
        stored.clear();
        host.openWitness(G, members);
      }
    }

    boolean leads() {
      return replica != null && world.runs(id) && replica.leaseValidNow();
    }

    /** What its state machine has applied. */
    List<String> values() {
      return machine == null ? List.of() : machine.values();
    }

    void checkpoint() {
      if (machine != null) {
        machine.checkpoint();
        replica.checkpointed(stored.index);
      }
    }
  }

  final SimulatedWorld world;
  final ReplicaSet initial;
  final Map<Integer, Server> servers = new TreeMap<>();

  MembersFixture(long seed, int size, ReplicaSet initial) {
    this.world = new SimulatedWorld(seed);
    this.initial = initial;
    for (int i = 1; i <= size; i++) {
      servers.put(i, new Server(new ServerId(i)));
    }
    servers.values().forEach(server -> server.start(world.server(server.id)));
    until(() -> servers.values().stream().allMatch(server -> server.host != null));
  }

  static List<ServerId> ids(int... numbers) {
    List<ServerId> ids = new ArrayList<>();
    for (int number : numbers) {
      ids.add(new ServerId(number));
    }
    return ids;
  }

  Server server(int number) {
    return servers.get(number);
  }

  Server leader() {
    until(() -> servers.values().stream().filter(Server::leads).count() == 1);
    return servers.values().stream().filter(Server::leads).findFirst().orElseThrow();
  }

  void until(BooleanSupplier condition) {
    world.runUntil(condition, TIMEOUT);
  }

  /** Lets time pass. */
  void rest(Duration time) {
    Duration end = world.elapsed().plus(time);
    until(() -> world.elapsed().compareTo(end) >= 0);
  }

  /** Runs {@code action} on the server's strand. */
  <T> T on(Server server, Supplier<T> action) {
    CompletableFuture<T> done = new CompletableFuture<>();
    server.strand.execute(() -> done.complete(action.get()));
    until(done::isDone);
    return done.join();
  }

  /** Appends by whoever leads, until it is chosen. */
  Timestamp propose(String command) {
    Server leader = leader();
    Proposal proposal = on(leader, () -> leader.replica.propose(ByteString.copyFromUtf8(command)));
    until(proposal.chosen()::isDone);
    proposal.chosen().join();
    return proposal.timestamp();
  }

  /** Changes the members by whoever leads, again and again as an operator would. */
  void change(ReplicaSet target) {
    for (int i = 0; i < 20; i++) {
      Server leader = leader();
      CompletableFuture<Void> done = on(leader, () -> leader.replica.changeMembers(target));
      until(done::isDone);
      if (!done.isCompletedExceptionally()) {
        return;
      }
    }
    throw new AssertionError("the members do not become " + target);
  }

  void crash(int number) {
    world.crash(server(number).id);
  }

  void restart(int number) {
    Server server = server(number);
    server.host = null;
    server.start(world.restart(server.id));
    until(() -> server.host != null);
  }

  @Override
  public void close() {
    world.close();
  }
}
