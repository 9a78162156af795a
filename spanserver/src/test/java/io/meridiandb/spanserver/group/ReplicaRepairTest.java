package io.meridiandb.spanserver.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
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
import io.meridiandb.paxos.replica.HostServices;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.ReplicaHost;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.tablet.RangeChecksum;
import io.meridiandb.spanserver.tablet.TabletOptions;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.Txn;
import io.meridiandb.txn.proto.Write;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Three replicas of a group whose disks fail in one way or another (reliability T17, T25). */
class ReplicaRepairTest {
  private static final UniverseId UNIVERSE = new UniverseId(1, 1);
  private static final List<ServerId> SERVERS =
      List.of(new ServerId(1), new ServerId(2), new ServerId(3));
  private static final LogOptions LOG = new LogOptions(64 << 10, 16 << 10);
  private static final GroupOptions OPTIONS =
      new GroupOptions(
          new TabletOptions(64 << 10, Duration.ofSeconds(3), 4, 1 << 20), Duration.ofMinutes(5));

  /** One life of one server. */
  private static final class Node {
    final Strand strand;
    final TabletGroup group;
    final Replica replica;

    Node(ServerId id, Env env, long incarnation) throws IOException {
      strand = env.strands().create("server");
      TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      ServerIdentity self = new ServerIdentity(UNIVERSE, id, incarnation);
      Messenger messenger =
          new Messenger(self, env.transport(), trueTime::now, strand, env.events());
      ClockWatch watch = new ClockWatch(trueTime, env.events());
      WriteAheadLog log =
          env.fibers()
              .await(
                  WriteAheadLog.open(
                      env,
                      new WriteAheadLog.Owner(UNIVERSE, id, LOG),
                      strand,
                      failure -> env.events().failure("test", "the log failed", failure)),
                  Duration.ofMinutes(1));
      ServerGroups groups = new ServerGroups(env, trueTime, messenger, strand, OPTIONS);
      ReplicaHost host =
          new ReplicaHost(
              new HostServices(env, strand, messenger, log, trueTime, watch), LeaseConfig.SHORT);
      group = groups.open(GroupId.ZERO);
      replica = host.open(GroupId.ZERO, ReplicaSet.ofFull(SERVERS), group, LeaderPreference.NONE);
      group.bind(replica);
      strand.execute(() -> groups.serve(group));
      host.start();
    }
  }

  private final Map<ServerId, Node> nodes = new TreeMap<>();
  private long incarnations;
  private long rows;

  @Test
  void aReplicaWithADamagedFileTakesTheStateOfAnother() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      startAll(world);
      write(world, 200);
      world.runFor(Duration.ofSeconds(10)); // checkpoints, and the logs are cut behind them
      ServerId damaged = follower(world);
      nodes.remove(damaged);
      world.crash(damaged);
      String file =
          world.disk(damaged).paths().stream()
              .filter(path -> path.endsWith(".tab"))
              .max(Comparator.naturalOrder()) // a deleted one may have come back with the crash
              .orElseThrow();
      world.disk(damaged).flipBit(file, 150, 2);
      write(world, 50);
      start(damaged, world.restart(damaged));
      world.runUntil(() -> nodes.containsKey(damaged), Duration.ofMinutes(1));
      awaitEqual(world);
      assertThat(world.counters(damaged)).containsEntry("tablet.quarantines", 1L);
      assertThat(world.counters(damaged)).containsEntry("paxos.installs", 1L);
      assertThat(world.disk(damaged).paths()).noneMatch(path -> path.endsWith(".damaged"));
      write(world, 20);
      awaitEqual(world);
      assertThat(world.failures()).isEmpty();
    }
  }

  /** The others go on without it, it votes and promises, and catches up when there is room. */
  @Test
  void aFollowerWithAFullDiskCatchesUp() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(2)) {
      startAll(world);
      write(world, 20);
      ServerId full = follower(world);
      world.disk(full).roomForMore(0);
      write(world, 400);
      assertThat(world.counters(full)).containsKey("paxos.entries.refused.disk-full");
      assertThat(node(full).replica.appliedIndex())
          .isLessThan(node(leader(world)).replica.appliedIndex());
      world.disk(full).capacity(Long.MAX_VALUE);
      awaitEqual(world);
      assertThat(world.failures()).isEmpty();
    }
  }

  /** The leader stays the leader and serves reads; its participant is told to take no writes. */
  @Test
  void aLeaderWithAFullDiskSaysSoAndRecovers() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(3)) {
      startAll(world);
      write(world, 20);
      ServerId full = leader(world);
      world.disk(full).roomForMore(0);
      Node node = node(full);
      for (int i = 0; i < 400 && !node.replica.logFull(); i++) {
        write(world, 1);
      }
      assertThat(node.replica.logFull()).isTrue();
      world.runFor(Duration.ofSeconds(30));
      assertThat(leader(world)).isEqualTo(full);
      assertThat(node.group.tablet().checksum(KeyRange.ALL, Timestamp.MAX).rows()).isEqualTo(rows);
      world.disk(full).capacity(Long.MAX_VALUE);
      world.runUntil(() -> !node.replica.logFull(), Duration.ofSeconds(10));
      write(world, 100);
      awaitEqual(world);
      assertThat(world.failures()).isEmpty();
    }
  }

  private Node node(ServerId id) {
    Node node = nodes.get(id);
    if (node == null) {
      throw new AssertionError(id + " does not run");
    }
    return node;
  }

  private void startAll(SimulatedWorld world) {
    for (ServerId id : SERVERS) {
      start(id, world.server(id));
    }
    world.runUntil(() -> nodes.size() == SERVERS.size(), Duration.ofMinutes(1));
  }

  private void start(ServerId id, Env env) {
    long incarnation = ++incarnations;
    env.fibers()
        .start(
            "start",
            () -> {
              try {
                nodes.put(id, new Node(id, env, incarnation));
              } catch (IOException e) {
                throw new AssertionError("cannot open", e);
              }
            });
  }

  private ServerId leader(SimulatedWorld world) {
    world.runUntil(
        () -> nodes.values().stream().anyMatch(node -> node.replica.leaseValidNow()),
        Duration.ofMinutes(1));
    return nodes.entrySet().stream()
        .filter(node -> node.getValue().replica.leaseValidNow())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private ServerId follower(SimulatedWorld world) {
    ServerId leader = leader(world);
    return SERVERS.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  /** Writes rows of a kilobyte, one after the other. */
  private void write(SimulatedWorld world, int count) {
    for (int i = 0; i < count; i++) {
      Node node = node(leader(world));
      long row = ++rows;
      CompletableFuture<Long> chosen = new CompletableFuture<>();
      node.strand.execute(() ->
          node.replica
              .propose(at -> UnsafeByteOperations.unsafeWrap(GroupEntries.encode(row(row, at))))
              .chosen()
              .whenComplete((index, error) -> {
                if (error == null) {
                  chosen.complete(index);
                } else {
                  chosen.completeExceptionally(error);
                }
              }));
      world.runUntil(chosen::isDone, Duration.ofMinutes(1));
      assertThat(chosen).isCompleted();
    }
  }

  private static GroupEntry row(long row, Timestamp at) {
    return GroupEntry.newBuilder()
        .setCommitted(
            CommittedEntry.newBuilder()
                .setTxn(Txn.newBuilder().setSessionLow(1).setSequence(row).setAttempt(1))
                .setTimestampNanos(at.nanos())
                .setCommitStartNanos(at.nanos())
                .addWrites(
                    Write.newBuilder()
                        .setAction(Write.Action.PUT)
                        .setKey(ByteString.copyFromUtf8("%06d".formatted(row)))
                        .setValue(ByteString.copyFrom(new byte[1000]))))
        .build();
  }

  /** Waits until all replicas show the same rows. */
  private void awaitEqual(SimulatedWorld world) {
    for (int seconds = 0; seconds < 120; seconds++) {
      world.runFor(Duration.ofSeconds(1));
      RangeChecksum first = checksum(node(SERVERS.getFirst()));
      if (first.rows() == rows
          && SERVERS.stream().allMatch(id -> checksum(node(id)).equals(first))) {
        return;
      }
    }
    throw new AssertionError("the replicas do not become equal");
  }

  private static RangeChecksum checksum(Node node) {
    return node.group.tablet().checksum(KeyRange.ALL, Timestamp.MAX);
  }
}
