package io.meridiandb.bench.replication;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.system.DataFolder;
import io.meridiandb.kernel.system.FatalErrors;
import io.meridiandb.kernel.system.FileDisk;
import io.meridiandb.kernel.system.SystemClocks;
import io.meridiandb.kernel.system.SystemEnv;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.log.WriteAheadLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.HostServices;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.ReplicaHost;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * One server with a log on disk and replicas of any number of groups, and nothing above: no rows,
 * no locks, no SQL. Leaders are wanted on server 1.
 */
final class LogServer implements AutoCloseable {
  static final UniverseId UNIVERSE = new UniverseId(0x6d65_7269_6469_616eL, 0x2d62_656e_6368L);
  static final ServerId FIRST = new ServerId(1);

  private static final long STEP_SECONDS_MAX = 30;

  private final Strand strand;
  private final WriteAheadLog log;
  private final ReplicaHost host;
  private final List<Member> members;
  private final Runnable threads;

  /** A group's replica here and what it replicates. */
  record Member(Replica replica, CountingMachine machine) {}

  /**
   * Who is a member of what.
   *
   * @param servers how many servers there are; all are members of all groups
   * @param groups how many groups
   */
  record Shape(int servers, int groups) {}

  private LogServer(
      Strand strand, WriteAheadLog log, ReplicaHost host, List<Member> members, Runnable threads) {
    this.strand = strand;
    this.log = log;
    this.host = host;
    this.members = members;
    this.threads = threads;
  }

  /**
   * Opens the log and the replicas of a server of this machine, and begins to vote; blocks.
   *
   * @param folder initialized for this server
   */
  static LogServer start(DataFolder folder, Transport transport, Events events, Shape shape)
      throws Exception {
    String name = folder.identity().server().toString();
    SystemEnv system =
        SystemEnv.create(name, 1, transport, new FileDisk(folder.path()), events, FatalErrors.HALT);
    TrueTime trueTime = TrueTimes.staticBound(new SystemClocks(), Duration.ZERO);
    return get(open(system.env(), trueTime, folder.identity(), shape, system::close));
  }

  /** The same on any Env; the future completes on the server strand. */
  static CompletableFuture<LogServer> open(
      Env env, TrueTime trueTime, ServerIdentity self, Shape shape, Runnable threads) {
    Strand strand = env.strands().create("server");
    Messenger messenger = new Messenger(self, env.transport(), trueTime::now, strand, env.events());
    ClockWatch watch = new ClockWatch(trueTime, env.events());
    messenger.watchClocks(watch);
    WriteAheadLog.Owner owner =
        new WriteAheadLog.Owner(UNIVERSE, self.server(), LogOptions.DEFAULT);
    return WriteAheadLog.open(
            env, owner, strand, failed -> env.events().failure("bench", "the log", failed))
        .thenApply(log -> {
          HostServices services = new HostServices(env, strand, messenger, log, trueTime, watch);
          ReplicaHost host = new ReplicaHost(services, LeaseConfig.DEFAULT);
          List<Member> members =
              LongStream.range(0, shape.groups())
                  .mapToObj(group -> open(host, new GroupId(group), shape.servers()))
                  .toList();
          host.start();
          return new LogServer(strand, log, host, members, threads);
        });
  }

  private static Member open(ReplicaHost host, GroupId group, int servers) {
    SortedSet<ServerId> all = new TreeSet<>();
    LongStream.rangeClosed(1, servers).forEach(id -> all.add(new ServerId(id)));
    CountingMachine machine = new CountingMachine();
    Replica replica =
        host.open(
            group,
            new ReplicaSet(all, new TreeSet<>(), new TreeSet<>()),
            machine,
            LeaderPreference.on(List.of(FIRST)));
    machine.attach(replica);
    return new Member(replica, machine);
  }

  /** Makes the data folder of a server of this universe. */
  static DataFolder folder(Path path, ServerId server) throws IOException {
    if (!DataFolder.isInitialized(path)) {
      DataFolder.initialize(path, UNIVERSE, server);
    }
    return DataFolder.open(path, UNIVERSE, server);
  }

  Strand strand() {
    return strand;
  }

  /** The replica of group 0. */
  Member first() {
    return members.getFirst();
  }

  /** How many groups are led from here, with their leases held; on the server strand. */
  long leadingNow() {
    return members.stream()
        .filter(m -> m.machine().leading() && m.replica().leaseValidNow())
        .count();
  }

  /** The same from any other thread; blocks. */
  long leading() throws Exception {
    return get(on(strand, this::leadingNow));
  }

  /** Up to which entry group 0 is applied here; from any other thread, blocks. */
  long applied() throws Exception {
    return get(on(strand, () -> first().replica().appliedIndex()));
  }

  private static <T> CompletableFuture<T> on(Strand strand, Supplier<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    strand.execute(() -> {
      try {
        done.complete(task.get());
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(STEP_SECONDS_MAX, TimeUnit.SECONDS);
  }

  /** Takes no more part; forces and closes the log, ends the threads. */
  @Override
  public void close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    strand.execute(() -> {
      host.stop();
      log.close().whenComplete((done, error) -> closed.complete(null));
    });
    closed.orTimeout(STEP_SECONDS_MAX, TimeUnit.SECONDS).join();
    threads.run();
  }
}
