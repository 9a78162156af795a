package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.participant.ParticipantContext;
import io.meridiandb.txn.participant.Replication;
import io.meridiandb.txn.participant.VersionStore;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Three simulated servers with real gateways, messengers and participants round a consensus that is
 * only pretended: one list of chosen entries that outlives crashes, a leader that the test
 * appoints. What Paxos has to give is given by decree: chosen entries stay, unchosen ones may be
 * lost with their leader, two leaders never lead at once, timestamps rise.
 */
final class SimulatedGroup {
  private static final UniverseId UNIVERSE = new UniverseId(1, 1);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final int CHOSEN_AFTER_MICROS_MAX = 8_000;

  /** One life of one server. */
  final class Node implements Replication, VersionStore {
    final ServerId id;
    final Gateway gateway;
    private final Strand strand;
    private final TrueTime trueTime;
    private final Participant participant;
    private final NavigableMap<Key, NavigableMap<Timestamp, Version>> versions = new TreeMap<>();
    private int applied;
    private long ledEpoch;

    Node(ServerId id, Env env, long incarnation) {
      this.id = id;
      this.strand = env.strands().create("server");
      this.trueTime = TrueTimes.staticBound(env.clocks(), SimulatedWorld.CLOCK_BOUND);
      Messenger messenger =
          new Messenger(
              new ServerIdentity(UNIVERSE, id, incarnation),
              env.transport(),
              trueTime::now,
              strand,
              env.events());
      this.participant =
          new Participant(
              new ParticipantContext(GroupId.ZERO, this, this, strand, env.clocks(), env.events()));
      messenger.on(
          TxnMessages.READ,
          in ->
              strand.execute(() ->
                  participant.read(
                      in.body(), out -> messenger.reply(in, TxnMessages.READ_REPLY, out))));
      messenger.on(
          TxnMessages.LOCK,
          in ->
              strand.execute(() ->
                  participant.lock(
                      in.body(), out -> messenger.reply(in, TxnMessages.LOCK_REPLY, out))));
      messenger.on(TxnMessages.COMMIT, in -> strand.execute(() -> commit(messenger, in)));
      messenger.on(
          TxnMessages.RESOLVE,
          in ->
              strand.execute(() ->
                  participant.resolve(
                      in.body(), out -> messenger.reply(in, TxnMessages.RESOLVE_REPLY, out))));
      messenger.on(
          TxnMessages.ROLLBACK, in -> strand.execute(() -> participant.rollback(in.body())));
      messenger.on(
          TxnMessages.KEEP_ALIVE, in -> strand.execute(() -> participant.keepAlive(in.body())));
      this.gateway =
          new GatewayImpl(env, trueTime, messenger, new RoundRobinRouter(servers), strand);
      strand.execute(this::catchUp);
      strand.schedule(TICK, this::tick);
    }

    private void commit(Messenger messenger, Received<CommitCall> in) {
      commitCalls++;
      participant.commit(
          in.body(),
          out -> {
            if (loseCommitReplies > 0 && !out.hasRefusal()) {
              loseCommitReplies--;
            } else {
              messenger.reply(in, TxnMessages.COMMIT_REPLY, out);
            }
          });
    }

    private void tick() {
      participant.tick();
      strand.schedule(TICK, this::tick);
    }

    /** Applies what is chosen; a leader to be begins to lead when it has everything. */
    void catchUp() {
      while (applied < log.size()) {
        GroupEntry entry = GroupEntries.decode(log.get(applied++));
        for (Write write : participant.writesOf(entry)) {
          Timestamp s = Participant.timestampOf(entry);
          byte[] value =
              write.getAction() == Write.Action.DELETE ? null : write.getValue().toByteArray();
          versions
              .computeIfAbsent(Protos.key(write.getKey()), key -> new TreeMap<>())
              .put(s, new Version(s, value));
        }
        participant.applied(entry);
      }
      if (leader == this && ledEpoch != epoch) {
        ledEpoch = epoch;
        participant.becameLeader(epoch);
      }
    }

    void depose() {
      if (ledEpoch != 0 && (leader != this || ledEpoch != epoch)) {
        ledEpoch = 0;
        participant.stepDown();
      }
    }

    @Override
    public boolean leading() {
      return leader == this && ledEpoch == epoch;
    }

    @Override
    public @Nullable ServerId leaderHint() {
      return leader == null ? null : leader.id;
    }

    @Override
    public TTInterval now() {
      return trueTime.now();
    }

    @Override
    public boolean raise(Timestamp t) {
      if (!leading()) {
        return false;
      }
      lastTs = Timestamp.max(lastTs, t);
      return true;
    }

    @Override
    public CompletableFuture<Long> propose(Function<Timestamp, byte[]> entry) {
      CompletableFuture<Long> future = new CompletableFuture<>();
      if (!leading()) {
        future.completeExceptionally(new IllegalStateException("not the leader"));
        return future;
      }
      lastTs = Timestamp.max(now().latest().ceilToStep(), lastTs.next());
      unchosen.add(new Appended(entry.apply(lastTs), future, this, epoch));
      long at = epoch;
      world.schedule(micros(random.nextInt(CHOSEN_AFTER_MICROS_MAX)), () -> choose(at));
      return future;
    }

    @Override
    public void whenPassed(Timestamp t, Runnable task) {
      if (trueTime.after(t)) {
        task.run();
      } else {
        strand.schedule(Duration.ofMillis(1), () -> whenPassed(t, task));
      }
    }

    @Override
    public void whenReached(Timestamp t, Runnable task) {
      if (!now().latest().isBefore(t)) {
        task.run();
      } else {
        strand.schedule(Duration.ofMillis(1), () -> whenReached(t, task));
      }
    }

    @Override
    public Timestamp leaseEnd() {
      return leading() ? now().latest().plus(LEASE) : Timestamp.MIN;
    }

    @Override
    public void raiseFloor(Timestamp floor) {
      lastTs = Timestamp.max(lastTs, floor);
    }

    @Override
    public Timestamp closed() {
      return leading() && raise(now().latest()) ? lastTs : Timestamp.MIN;
    }

    @Override
    public void whenClosed(Timestamp t, Runnable task) {
      if (!closed().isBefore(t)) {
        task.run();
      } else {
        strand.schedule(Duration.ofMillis(1), () -> whenClosed(t, task));
      }
    }

    @Override
    public @Nullable Version read(Key key, Timestamp at) {
      NavigableMap<Timestamp, Version> of = versions.get(key);
      Map.Entry<Timestamp, Version> found = of == null ? null : of.floorEntry(at);
      return found == null ? null : found.getValue();
    }

    @Override
    public void scan(KeyRange range, boolean reverse, Timestamp at, Visitor visitor) {
      if (range.isEmpty()) {
        return;
      }
      NavigableMap<Key, NavigableMap<Timestamp, Version>> within =
          range.end() == null
              ? versions.tailMap(range.start(), true)
              : versions.subMap(range.start(), true, range.end(), false);
      for (Key key : reverse ? within.descendingKeySet() : within.navigableKeySet()) {
        Version version = read(key, at);
        if (version != null && !visitor.visit(key, version)) {
          return;
        }
      }
    }

    @Override
    public Timestamp horizon() {
      return Timestamp.MIN;
    }
  }

  private record Appended(byte[] bytes, CompletableFuture<Long> future, Node by, long epoch) {}

  final SimulatedWorld world;
  final List<ServerId> servers = List.of(new ServerId(1), new ServerId(2), new ServerId(3));
  final Map<ServerId, Node> nodes = new TreeMap<>();

  /** How many of the next successful commits get no answer. */
  int loseCommitReplies;

  /** Commit requests that have arrived anywhere. */
  long commitCalls;

  private final RandomSource random;
  private final List<byte[]> log = new ArrayList<>();
  private final List<Appended> unchosen = new ArrayList<>();
  private @Nullable Node leader;
  private long epoch;
  private long starts;
  private Timestamp lastTs = Timestamp.ZERO;

  SimulatedGroup(SimulatedWorld world) {
    this.world = world;
    this.random = world.random("consensus");
    for (ServerId server : servers) {
      nodes.put(server, new Node(server, world.server(server), ++starts));
    }
  }

  Node node(long server) {
    Node node = nodes.get(new ServerId(server));
    if (node == null) {
      throw new AssertionError("server " + server + " is down");
    }
    return node;
  }

  /** How many entries are chosen. */
  int chosenCount() {
    return log.size();
  }

  /** Nobody leads: as after the loss of a leader, before its lease has run out. */
  void loseLeader() {
    Node before = leader;
    leader = null;
    if (before != null && nodes.get(before.id) == before) {
      before.strand.schedule(micros(random.nextInt(50_000)), before::depose);
    }
  }

  /** Appoints a leader; it finds some of the entries that the one before could not get chosen. */
  void appoint(ServerId server) {
    loseLeader();
    int adopted = random.nextInt(unchosen.size() + 1);
    List<Appended> left = List.copyOf(unchosen);
    unchosen.clear();
    for (int i = 0; i < left.size(); i++) {
      if (i < adopted) {
        log.add(left.get(i).bytes);
      } else {
        lost(left.get(i));
      }
    }
    Node next = nodes.get(server);
    leader = next;
    epoch++;
    if (next != null) {
      next.strand.execute(() -> {
        next.depose();
        next.catchUp();
      });
    }
  }

  private void lost(Appended entry) {
    if (nodes.get(entry.by.id) == entry.by) {
      entry.by.strand.execute(
          () -> entry.future.completeExceptionally(new IllegalStateException("lost")));
    }
  }

  private void choose(long at) {
    if (unchosen.isEmpty() || at != epoch || leader == null) {
      return;
    }
    Appended entry = unchosen.removeFirst();
    log.add(entry.bytes);
    long index = log.size();
    for (Node node : nodes.values()) {
      long delay = node == leader ? 0 : random.nextInt(20_000);
      node.strand.schedule(
          micros(delay),
          () -> {
            node.catchUp();
            if (node == entry.by) {
              entry.future.complete(index);
            }
          });
    }
  }

  /** Power off: what was chosen is safe by decree, everything else of the server is gone. */
  void crash(ServerId server) {
    Node node = nodes.remove(server);
    if (node != null) {
      if (leader == node) {
        leader = null;
      }
      world.crash(server);
    }
  }

  void restart(ServerId server) {
    if (!nodes.containsKey(server)) {
      nodes.put(server, new Node(server, world.restart(server), ++starts));
    }
  }

  private static Duration micros(long count) {
    return Duration.ofNanos(count * 1_000);
  }

  /** Asks one after another. */
  static final class RoundRobinRouter implements Router {
    private final List<ServerId> servers;
    private Leader leader;

    RoundRobinRouter(List<ServerId> servers) {
      this.servers = servers;
      this.leader = new Leader(servers.getFirst(), 0);
    }

    @Override
    public GroupId locate(Key key) {
      // A second group for keys that begin with ff, to be refused.
      boolean far = key.length() > 0 && key.bytes()[0] == (byte) 0xff;
      return far ? new GroupId(1) : GroupId.ZERO;
    }

    @Override
    public @Nullable GroupId locate(KeyRange range) {
      return locate(range.start());
    }

    @Override
    public Leader leader(GroupId group) {
      return leader;
    }

    @Override
    public void learned(GroupId group, ServerId server, long epoch) {
      leader = new Leader(server, epoch);
    }

    @Override
    public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
      if (leader.server().equals(server)) {
        int next = (servers.indexOf(server) + 1) % servers.size();
        leader = new Leader(hint == null || hint.equals(server) ? servers.get(next) : hint, 0);
      }
    }
  }
}
