package io.meridiandb.spanserver.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.spanserver.directory.Arrival;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.spanserver.tablet.Tablet;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.GatewayImpl;
import io.meridiandb.txn.gateway.Router;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.proto.IngestEntry;
import io.meridiandb.txn.proto.Version;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A group on its server: log, tablet and outcomes stay one through checkpoints and restarts. */
class TabletGroupTest {
  private static final ServerId SERVER = new ServerId(1);
  private static final SchemaVersion EXEMPT = SchemaVersion.EXEMPT;

  private final SimulatedWorld world = new SimulatedWorld(5);
  private final List<LogEntry> log = new ArrayList<>();
  private int starts;

  /** One life of the server. */
  private final class Node {
    final Gateway gateway;
    final TabletGroup group;
    final LoneReplica replica;

    Node(Env env) throws Exception {
      Strand strand = env.strands().create("server");
      TrueTime trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      Messenger messenger =
          new Messenger(
              new ServerIdentity(new UniverseId(1, 1), SERVER, ++starts),
              env.transport(),
              trueTime::now,
              strand,
              env.events());
      ServerGroups groups =
          new ServerGroups(env, trueTime, messenger, strand, GroupOptions.DEFAULT);
      group = groups.open(GroupId.ZERO);
      replica = new LoneReplica(log, group, strand, trueTime);
      strand.execute(() -> {
        group.bind(replica);
        groups.serve(group);
        replica.start();
      });
      gateway = new GatewayImpl(env, trueTime, messenger, new OneServer(), strand);
    }
  }

  /** Knows that there is only one server. */
  static final class OneServer implements Router {
    private volatile long epoch;

    @Override
    public GroupId locate(Key key) {
      return GroupId.ZERO;
    }

    @Override
    public @Nullable GroupId locate(KeyRange range) {
      return GroupId.ZERO;
    }

    @Override
    public Leader leader(GroupId group) {
      return new Leader(SERVER, epoch);
    }

    @Override
    public void learned(GroupId group, ServerId server, long learned) {
      epoch = learned;
    }

    @Override
    public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
      epoch = 0;
    }
  }

  @AfterEach
  void end() {
    world.close();
  }

  private Node start() throws Exception {
    Env env = starts == 0 ? world.server(SERVER) : world.restart(SERVER);
    return on(() -> new Node(env));
  }

  private <T> T on(Callable<T> body) throws Exception {
    return world.call(SERVER, body);
  }

  private static Key key(int id) {
    return Key.of(new byte[] {1, (byte) id});
  }

  private static Timestamp insert(Gateway gateway, TxnId id, int key) {
    Transaction t = gateway.begin(id, TransactionOptions.readWrite(0, Duration.ofSeconds(20)));
    t.write(List.of(Mutation.insert(key(key), new byte[] {(byte) key})), false, EXEMPT);
    return t.commit(EXEMPT);
  }

  private static boolean exists(Tablet tablet, int key) {
    Tablet.Version version = tablet.latest(key(key));
    return version != null && version.value() != null;
  }

  @Test
  void rowsAndOutcomesSurviveACrashAfterACheckpoint() throws Exception { // G25
    Node before = start();
    TxnId one = new TxnId(1, 1, 1, 1);
    Timestamp first = on(() -> insert(before.gateway, one, 1));
    before.group.tablet().flush();
    world.runFor(Duration.ofSeconds(5));
    assertThat(before.replica.checkpoint).isPositive();
    TxnId two = new TxnId(1, 1, 2, 1);
    Timestamp second = on(() -> insert(before.gateway, two, 2));
    world.crash(SERVER);

    Node after = start();
    assertThat(after.group.checkpointIndex()).isEqualTo(before.replica.checkpoint);
    assertThat(exists(after.group.tablet(), 1)).isTrue();
    // Both are told again as they were, the one from the checkpoint, the other from the log.
    assertThat(on(() -> insert(after.gateway, one, 1))).isEqualTo(first);
    assertThat(on(() -> insert(after.gateway, two, 2))).isEqualTo(second);
    assertThat(exists(after.group.tablet(), 2)).isTrue();
    assertThat(world.failures()).isEmpty();
  }

  @Test
  void anEntryThatCannotBeReadStopsTheGroupAndNothingElse() throws Exception { // DESIGN 2
    Node node = start();
    on(() -> insert(node.gateway, new TxnId(1, 1, 1, 1), 1));
    LogEntry bad =
        new LogEntry(
            log.size() + 1,
            Ballot.ZERO,
            EntryKind.COMMAND,
            Timestamp.MAX,
            ByteString.copyFromUtf8("?"));
    List<GroupId> told = new ArrayList<>();
    node.group.onStop((group, cause, diskFailed) -> told.add(group));
    assertThatThrownBy(() -> node.group.apply(bad)).hasMessageContaining("format");
    assertThat(told).containsExactly(GroupId.ZERO);
    assertThat(node.group.stopped()).isTrue();
    assertThat(node.replica.handedOver).isTrue();
    assertThatThrownBy(() -> node.group.apply(bad)).hasMessageContaining("was stopped");
    Transaction read =
        node.gateway.begin(
            new TxnId(1, 1, 2, 1), TransactionOptions.readWrite(0, Duration.ofSeconds(3)));
    assertThatThrownBy(() ->
            on(() -> {
              read.write(List.of(Mutation.delete(key(1))), false, EXEMPT);
              return read.commit(EXEMPT);
            }))
        .hasMessageContaining("not known");
    assertThat(world.failures()).hasSize(1);
  }

  @Test
  void aDirectoryComesIntoAGroupAsItsRowsSay() throws Exception { // G23
    KeyRange range = new KeyRange(key(2), key(3));
    GroupId other = new GroupId(1);
    Node node = start();
    on(() -> insert(node.gateway, new TxnId(1, 1, 1, 1), 2));
    write(node, 2, directory(range, 1, other));
    assertThatThrownBy(() -> on(() -> insert(node.gateway, new TxnId(1, 1, 3, 1), 2)))
        .as("it is another group's now")
        .isInstanceOf(MeridianException.class);
    write(node, 4, new Arrival(range, 7, other).put(GroupId.ZERO));
    assertThat(node.group.tablet().latest(key(2))).as("announced: emptied").isNull();
    ingest(node, range, 8, 1);
    assertThat(exists(node.group.tablet(), 2)).as("from who does not copy it").isFalse();
    ingest(node, range, 7, 2);
    assertThat(exists(node.group.tablet(), 2)).isTrue();
    write(node, 5, directory(range, 2, GroupId.ZERO));
    ingest(node, range, 7, 3);
    assertThat(value(node.group.tablet(), 2)).as("late").isEqualTo(2);
    world.crash(SERVER);

    Node after = start();
    world.runFor(Duration.ofSeconds(1)); // all of it again, from the log
    assertThat(value(after.group.tablet(), 2)).isEqualTo(2);
    Tablet.Version version = after.group.tablet().latest(key(2));
    assertThat(version == null ? null : version.timestamp()).isEqualTo(new Timestamp(1_002));
    assertThat(world.failures()).isEmpty();
  }

  private static Mutation directory(KeyRange range, long generation, GroupId owner) {
    return new DirectoryRow(range, 1, generation, owner, GroupId.ZERO, 0, List.of(SERVER))
        .put(GroupId.ZERO);
  }

  private void write(Node node, long sequence, Mutation row) throws Exception {
    on(() -> {
      Transaction t =
          node.gateway.begin(
              new TxnId(1, 1, sequence, 1),
              TransactionOptions.readWrite(0, Duration.ofSeconds(20)));
      t.write(List.of(row), false, EXEMPT);
      return t.commit(EXEMPT);
    });
  }

  /** A version of key 2 as it comes with a copy. */
  private void ingest(Node node, KeyRange range, long mover, int value) {
    IngestEntry entry =
        IngestEntry.newBuilder()
            .setRange(Protos.range(range))
            .setMover(mover)
            .addVersions(
                Version.newBuilder()
                    .setKey(Protos.bytes(key(2)))
                    .setTimestampNanos(1_000 + value)
                    .setValue(ByteString.copyFrom(new byte[] {(byte) value})))
            .build();
    node.replica.propose(ByteString.copyFrom(GroupEntries.encode(entry)));
    world.runFor(Duration.ofSeconds(1));
  }

  private static int value(Tablet tablet, int key) {
    Tablet.Version version = tablet.latest(key(key));
    byte[] value = version == null ? null : version.value();
    return value == null ? 0 : value[0];
  }

  @Test
  void theCollectionHorizonNeverFalls() throws Exception { // D20
    Node node = start();
    Timestamp first = node.group.horizon();
    world.runFor(Duration.ofSeconds(10));
    assertThat(node.group.horizon()).isGreaterThan(first);
  }
}
