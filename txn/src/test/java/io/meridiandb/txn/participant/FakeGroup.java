package io.meridiandb.txn.participant;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.Write;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A group without Paxos, for tests: replicas with real participants over maps, one chosen log, a
 * leader that the test appoints, entries that are chosen when the test says so, and a clock that it
 * moves. One strand for all.
 */
final class FakeGroup {
  /** One replica. */
  final class FakeReplica implements Replication, VersionStore {
    final ServerId server;
    final NavigableMap<Key, NavigableMap<Timestamp, Version>> versions = new TreeMap<>();
    final Participant participant;
    Timestamp closed = Timestamp.MIN;

    /** For when this replica has asked its leader to close the present. */
    final List<Timestamp> askedToClose = new ArrayList<>();

    private final List<Waiting> closedWaiters = new ArrayList<>();
    private final List<GroupEntry> missed = new ArrayList<>();
    private boolean lagging;

    FakeReplica(long number) {
      server = new ServerId(number);
      participant =
          new Participant(
              new ParticipantContext(group, this, this, strand, clocks, events),
              (range, at) -> ownership.notOwned(range, at),
              request -> recovery.recover(request),
              rules);
    }

    @Override
    public boolean leading() {
      return leader == this && leaseValid;
    }

    @Override
    public @Nullable ServerId leaderHint() {
      return leader == null ? null : leader.server;
    }

    @Override
    public TTInterval now() {
      return interval();
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
    public boolean logFull() {
      return logFull;
    }

    @Override
    public CompletableFuture<Long> propose(Function<Timestamp, byte[]> entry) {
      CompletableFuture<Long> future = new CompletableFuture<>();
      if (!leading() || unchosen.size() >= unchosenMax) {
        future.completeExceptionally(new IllegalStateException("not the leader, or full"));
        return future;
      }
      Timestamp next = Timestamp.max(interval().latest().ceilToStep(), lastTs.next());
      if (next.isAfter(leaseEnd)) {
        future.completeExceptionally(new IllegalStateException("beyond the lease"));
        return future;
      }
      lastTs = next;
      unchosen.add(new Appended(entry.apply(lastTs), future));
      return future;
    }

    @Override
    public void whenPassed(Timestamp t, Runnable task) {
      if (interval().earliest().isAfter(t)) {
        task.run();
      } else {
        waiting.add(new Waiting(t, true, task));
      }
    }

    @Override
    public void whenReached(Timestamp t, Runnable task) {
      waiting.add(new Waiting(t, false, task));
    }

    @Override
    public Timestamp leaseEnd() {
      return leading() ? leaseEnd : Timestamp.MIN;
    }

    @Override
    public void raiseFloor(Timestamp floor) {
      lastTs = Timestamp.max(lastTs, floor);
    }

    @Override
    public Timestamp closed() {
      return closed;
    }

    @Override
    public void askToClose(Timestamp t) {
      askedToClose.add(t);
    }

    @Override
    public void whenClosed(Timestamp t, Runnable task) {
      if (!closed.isBefore(t)) {
        task.run();
      } else {
        closedWaiters.add(new Waiting(t, false, task));
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
      List<Key> keys = new ArrayList<>(versions.keySet());
      for (Key key : reverse ? keys.reversed() : keys) {
        Version version = range.contains(key) ? read(key, at) : null;
        if (version != null && !visitor.visit(key, version)) {
          return;
        }
      }
    }

    @Override
    public Timestamp horizon() {
      return storeHorizon;
    }

    /** From now on it applies nothing, or everything that it has missed. */
    void lag(boolean lags) {
      lagging = lags;
      if (!lags) {
        List<GroupEntry> entries = List.copyOf(missed);
        missed.clear();
        entries.forEach(this::apply);
        run();
      }
    }

    /** This replica's closed timestamp is {@code t} now. */
    void close(Timestamp t) {
      closed = t;
      for (Waiting each : List.copyOf(closedWaiters)) {
        if (!t.isBefore(each.until)) {
          closedWaiters.remove(each);
          each.task.run();
        }
      }
      run();
    }

    void apply(GroupEntry entry) {
      if (lagging) {
        missed.add(entry);
        return;
      }
      Timestamp s = Participant.timestampOf(entry);
      for (Write write : participant.writesOf(entry)) {
        byte[] value =
            write.getAction() == Write.Action.DELETE ? null : write.getValue().toByteArray();
        versions
            .computeIfAbsent(Protos.key(write.getKey()), key -> new TreeMap<>())
            .put(s, new Version(s, value));
      }
      participant.applied(entry);
    }
  }

  private record Appended(byte[] bytes, CompletableFuture<Long> future) {}

  private record Waiting(Timestamp until, boolean passed, Runnable task) {}

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Appended> unchosen = new ArrayList<>();
  private final Strand strand = new QueueStrand();
  private final Clocks clocks = new NowClocks();
  final SilentEvents events = new SilentEvents();
  final List<FakeReplica> replicas = new ArrayList<>();
  final List<byte[]> log = new ArrayList<>();
  @Nullable FakeReplica leader;
  boolean leaseValid = true;
  boolean logFull;
  Timestamp leaseEnd = Timestamp.MAX;
  Timestamp lastTs = Timestamp.ZERO;
  Timestamp storeHorizon = Timestamp.MIN;
  long nowNanos = Duration.ofHours(1).toNanos();
  long epsilonNanos = 0;
  int unchosenMax = Integer.MAX_VALUE;
  final GroupId group;
  private final Rules rules;
  Ownership ownership = Ownership.EVERYTHING;
  Recovery recovery = Recovery.NONE;
  private long lastEpoch;

  FakeGroup(int count) {
    this(GroupId.ZERO, count, Rules.ALL);
  }

  FakeGroup(GroupId group, int count, Rules rules) {
    this.group = group;
    this.rules = rules;
    for (int i = 0; i < count; i++) {
      replicas.add(new FakeReplica(i + 1));
    }
  }

  Participant lead(int replica) {
    return lead(replica, ByteString.EMPTY);
  }

  private Participant lead(int replica, ByteString inherited) {
    leader = replicas.get(replica);
    leader.participant.becameLeader(++lastEpoch, inherited);
    run();
    return leader.participant;
  }

  /** The leader hands over as planned: all is chosen first, and what it gives away arrives. */
  Participant handOver(int to) {
    return handOver(to, given -> given);
  }

  /** The same; {@code onTheWay} happens to what it gives away. */
  Participant handOver(int to, UnaryOperator<ByteString> onTheWay) {
    FakeReplica before = leader;
    if (before == null) {
      throw new AssertionError("nobody leads " + group);
    }
    leaseValid = false; // from here on it appends and grants nothing
    run();
    while (!unchosen.isEmpty()) {
      chooseOne();
    }
    ByteString given = before.participant.handOver();
    leader = null;
    before.participant.stepDown();
    leaseValid = true;
    run();
    return lead(to, onTheWay.apply(given));
  }

  long epoch() {
    return lastEpoch;
  }

  /** Another replica takes over; {@code adopted} of the appended entries are found and chosen. */
  Participant changeLeader(int to, int adopted) {
    FakeReplica before = leader;
    leader = null;
    if (before != null) {
      before.participant.stepDown();
    }
    run();
    List<Appended> left = List.copyOf(unchosen);
    unchosen.clear();
    for (int i = 0; i < left.size(); i++) {
      Appended entry = left.get(i);
      if (i < adopted) {
        unchosen.add(entry);
        chooseOne();
      } else {
        entry.future.completeExceptionally(new IllegalStateException("leadership lost"));
      }
    }
    run();
    return lead(to);
  }

  TTInterval interval() {
    return new TTInterval(
        new Timestamp(nowNanos - epsilonNanos), new Timestamp(nowNanos + epsilonNanos));
  }

  void advance(Duration by) {
    nowNanos += by.toNanos();
    run();
  }

  /** Chooses and applies everything appended, and lets time pass for commit wait. */
  void settle() {
    run();
    while (!unchosen.isEmpty()) {
      chooseOne();
      run();
    }
    advance(Duration.ofMillis(20));
  }

  /** Chooses and applies everything appended to any of them, until nothing more follows. */
  static void settle(FakeGroup... groups) {
    boolean again = true;
    while (again) {
      again = false;
      for (FakeGroup each : groups) {
        each.run();
        if (each.unchosenCount() > 0) {
          each.chooseOne();
          again = true;
        }
        each.run();
        again |= !each.tasks.isEmpty();
      }
    }
    for (FakeGroup each : groups) {
      each.advance(Duration.ofMillis(20));
    }
    for (FakeGroup each : groups) {
      if (each.unchosenCount() > 0) {
        settle(groups);
        return;
      }
    }
  }

  void chooseOne() {
    Appended entry = unchosen.removeFirst();
    log.add(entry.bytes);
    for (FakeReplica replica : replicas) {
      replica.apply(GroupEntries.decode(entry.bytes));
    }
    entry.future.complete((long) log.size());
  }

  int unchosenCount() {
    return unchosen.size();
  }

  void run() {
    boolean again = true;
    while (again) {
      again = false;
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
        again = true;
        continue;
      }
      for (Waiting each : List.copyOf(waiting)) {
        boolean over =
            each.passed
                ? interval().earliest().isAfter(each.until)
                : !interval().latest().isBefore(each.until);
        if (over) {
          waiting.remove(each);
          each.task.run();
          again = true;
        }
      }
    }
  }

  private final class QueueStrand implements Strand {
    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      boolean[] cancelled = new boolean[1];
      waiting.add(
          new Waiting(
              new Timestamp(nowNanos + delay.toNanos()),
              false,
              () -> {
                if (!cancelled[0]) {
                  task.run();
                }
              }));
      return () -> cancelled[0] = true;
    }

    @Override
    public boolean isCurrent() {
      return true;
    }
  }

  private final class NowClocks implements Clocks {
    @Override
    public long bootNanos() {
      return nowNanos;
    }

    @Override
    public long wallNanos() {
      return nowNanos;
    }

    @Override
    public String bootId() {
      return "boot";
    }
  }

  /** Says nothing, and counts. */
  static final class SilentEvents implements Events {
    private final Map<String, Long> counts = new TreeMap<>();

    long counted(String counter) {
      return counts.getOrDefault(counter, 0L);
    }

    @Override
    public void event(Level level, String source, String message) {}

    @Override
    public void failure(String source, String message, Throwable cause) {
      throw new AssertionError(message, cause);
    }

    @Override
    public void count(String counter, long delta) {
      counts.merge(counter, delta, Long::sum);
    }
  }
}
