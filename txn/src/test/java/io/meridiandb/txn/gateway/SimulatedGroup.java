package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.participant.ParticipantContext;
import io.meridiandb.txn.participant.Recovery;
import io.meridiandb.txn.participant.Replication;
import io.meridiandb.txn.participant.VersionStore;
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
 * One group with real participants round a consensus that is only pretended: one list of chosen
 * entries that outlives crashes, a leader that the test appoints. What Paxos has to give is given
 * by decree: chosen entries stay, unchosen ones may be lost with their leader, two leaders never
 * lead at once, timestamps rise, closed timestamps come with the index they hold for.
 */
final class SimulatedGroup {
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration CLOSE = Duration.ofMillis(20);
  private static final int CHOSEN_AFTER_MICROS_MAX = 8_000;

  /** What a replica's server gives it. */
  record Host(ServerId server, Strand strand, TrueTime trueTime, Clocks clocks, Events events) {}

  /** The group on one server, for one life of it. */
  final class Replica implements Replication, VersionStore {
    final Participant participant;
    private final Host host;
    private final NavigableMap<Key, NavigableMap<Timestamp, Version>> versions = new TreeMap<>();
    private int applied;
    private long ledEpoch;
    private Timestamp closed = Timestamp.MIN;

    Replica(Host host, Recovery recovery) {
      this.host = host;
      this.participant =
          new Participant(
              new ParticipantContext(id, this, this, host.strand, host.clocks, host.events),
              Ownership.EVERYTHING,
              recovery);
      replicas.put(host.server, this);
      host.strand.execute(this::catchUp);
      host.strand.schedule(CLOSE, this::close);
    }

    private void close() {
      if (leading() && raise(now().latest())) {
        closedAt = lastTs;
        closedIndex = log.size() + unchosen.size();
      }
      host.strand.schedule(CLOSE, this::close);
    }

    /** Applies what is chosen; a leader to be begins to lead when it has everything. */
    private void catchUp() {
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

    private void depose() {
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
      return leader == null ? null : leader.host.server;
    }

    @Override
    public TTInterval now() {
      return host.trueTime.now();
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
      unchosen.add(new Appended(entry.apply(lastTs), future, this));
      long at = epoch;
      world.schedule(micros(random.nextInt(CHOSEN_AFTER_MICROS_MAX)), () -> choose(at));
      return future;
    }

    @Override
    public void whenPassed(Timestamp t, Runnable task) {
      if (host.trueTime.after(t)) {
        task.run();
      } else {
        host.strand.schedule(Duration.ofMillis(1), () -> whenPassed(t, task));
      }
    }

    @Override
    public void whenReached(Timestamp t, Runnable task) {
      if (!now().latest().isBefore(t)) {
        task.run();
      } else {
        host.strand.schedule(Duration.ofMillis(1), () -> whenReached(t, task));
      }
    }

    @Override
    public Timestamp leaseEnd() {
      return leading() ? Timestamp.max(now().latest(), lastTs).plus(LEASE) : Timestamp.MIN;
    }

    @Override
    public void raiseFloor(Timestamp floor) {
      lastTs = Timestamp.max(lastTs, floor);
    }

    @Override
    public Timestamp closed() {
      if (applied >= closedIndex) {
        closed = Timestamp.max(closed, closedAt);
      }
      return closed;
    }

    @Override
    public void whenClosed(Timestamp t, Runnable task) {
      if (!closed().isBefore(t)) {
        task.run();
      } else if (replicas.get(host.server) == this) {
        host.strand.schedule(Duration.ofMillis(1), () -> whenClosed(t, task));
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

  private record Appended(byte[] bytes, CompletableFuture<Long> future, Replica by) {}

  final GroupId id;
  final List<byte[]> log = new ArrayList<>();
  private final SimulatedWorld world;
  private final RandomSource random;
  private final Map<ServerId, Replica> replicas = new TreeMap<>();
  private final List<Appended> unchosen = new ArrayList<>();
  private @Nullable Replica leader;
  private long epoch;
  private Timestamp lastTs = Timestamp.ZERO;
  private Timestamp closedAt = Timestamp.MIN;
  private int closedIndex;

  SimulatedGroup(SimulatedWorld world, GroupId id) {
    this.world = world;
    this.id = id;
    this.random = world.random("consensus " + id);
  }

  boolean hasLeader() {
    return leader != null;
  }

  /** Transactions without outcome, over all replicas. */
  int preparedCount() {
    return replicas.values().stream()
        .mapToInt(replica -> replica.participant.preparedCount())
        .sum();
  }

  /** Nobody leads: as after the loss of a leader, before its lease has run out. */
  void loseLeader() {
    Replica before = leader;
    leader = null;
    if (before != null && replicas.get(before.host.server) == before) {
      before.host.strand.schedule(micros(random.nextInt(50_000)), before::depose);
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
    Replica next = replicas.get(server);
    leader = next;
    epoch++;
    if (next != null) {
      next.host.strand.execute(() -> {
        next.depose();
        next.catchUp();
      });
    }
  }

  private void lost(Appended entry) {
    if (replicas.get(entry.by.host.server) == entry.by) {
      entry.by.host.strand.execute(
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
    for (Replica replica : replicas.values()) {
      long delay = replica == leader ? 0 : random.nextInt(20_000);
      replica.host.strand.schedule(
          micros(delay),
          () -> {
            replica.catchUp();
            if (replica == entry.by) {
              entry.future.complete(index);
            }
          });
    }
  }

  /** The server is gone, and with it what only it had. */
  void crashed(ServerId server) {
    Replica replica = replicas.remove(server);
    if (leader == replica) {
      leader = null;
    }
  }

  private static Duration micros(long count) {
    return Duration.ofNanos(count * 1_000);
  }
}
