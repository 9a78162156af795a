package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.Log;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A planned hand-over between three replicas in memory, as a server starts. The first one of a
 * process loads and links about a hundred classes, call sites and switches at the leader and at its
 * successor while nobody leads: most of the time that a hand-over between servers of one place
 * took. Leaders change so rarely that nearly each hand-over is a process's first.
 *
 * <p>Nothing of it is seen by anybody: it has its own strand, messages, log and events.
 */
public final class HandOverRehearsal {
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final LeaseConfig LEASE =
      new LeaseConfig(LeaseConfig.LENGTH_MIN, LeaseConfig.LENGTH_MIN.dividedBy(4));
  private static final UniverseId NOWHERE = new UniverseId(0, 0);
  private static final List<ServerId> SERVERS =
      List.of(new ServerId(1), new ServerId(2), new ServerId(3));

  private final Env env;
  private final TrueTime trueTime;
  private final Strand strand;
  private final Map<ServerId, Transport.Receiver> receivers = new TreeMap<>();
  private final Map<ServerId, ReplicaHost> hosts = new TreeMap<>();
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();

  private HandOverRehearsal(Env env, TrueTime trueTime) {
    this.env = env;
    this.trueTime = trueTime;
    this.strand = env.strands().create("hand-over-rehearsal");
  }

  /**
   * Begins; completes when it is over, with whether a hand-over was seen. Takes less than a second,
   * and is cut short after five.
   *
   * @param env lends its clocks, strands and randomness
   * @param trueTime as the server's groups use it
   */
  public static CompletableFuture<Boolean> begin(Env env, TrueTime trueTime) {
    HandOverRehearsal rehearsal = new HandOverRehearsal(env, trueTime);
    rehearsal.strand.execute(rehearsal::play);
    return rehearsal.done;
  }

  private void play() {
    SERVERS.forEach(this::open);
    hosts.values().forEach(ReplicaHost::start);
    strand.schedule(MOST, () -> end(false));
  }

  private void end(boolean seen) {
    hosts.values().forEach(ReplicaHost::stop);
    hosts.clear();
    receivers.clear();
    done.complete(seen);
  }

  private void open(ServerId id) {
    Env silent =
        new Env(
            env.strands(),
            env.fibers(),
            env.clocks(),
            env.random().fork("hand-over-rehearsal-" + id),
            new Wire(id),
            env.disk(),
            env.faults(),
            new Unheard());
    Messenger messenger =
        new Messenger(
            new ServerIdentity(NOWHERE, id, 1),
            silent.transport(),
            trueTime::now,
            strand,
            silent.events());
    ClockWatch watch = new ClockWatch(trueTime, silent.events());
    messenger.watchClocks(watch);
    ReplicaHost host =
        new ReplicaHost(
            new HostServices(silent, strand, messenger, new Memory(), trueTime, watch), LEASE);
    Player player = new Player();
    player.replica =
        host.open(GroupId.ZERO, ReplicaSet.ofFull(SERVERS), player, LeaderPreference.NONE);
    hosts.put(id, host);
  }

  /** Whoever leads first takes a command and hands over; whoever inherits ends the play. */
  private final class Player implements StateMachine {
    private @Nullable Replica replica;

    @Override
    public long checkpointIndex() {
      return 0;
    }

    @Override
    public void apply(LogEntry entry) {}

    @Override
    public void becameLeader(LeaderTerm term) {
      Replica leader = replica;
      if (term.inherited() != null) {
        strand.execute(() -> end(true));
      } else if (leader != null) {
        strand.execute(() -> {
          leader.propose(timestamp -> ByteString.EMPTY);
          leader.handOver(null);
        });
      }
    }

    @Override
    public ByteString handOver() {
      return ByteString.copyFromUtf8("locks");
    }

    @Override
    public void stepDown() {}
  }

  /** All that is sent arrives, later. */
  private final class Wire implements Transport {
    private final ServerId self;

    private Wire(ServerId self) {
      this.self = self;
    }

    @Override
    public void send(ServerId to, Lane lane, byte[] frame) {
      strand.execute(() -> {
        Receiver receiver = receivers.get(to);
        if (receiver != null) {
          receiver.receive(self, frame);
        }
      });
    }

    @Override
    public void listen(Receiver receiver) {
      receivers.put(self, receiver);
    }
  }

  /** A log that keeps nothing: nobody starts again, and memory holds all entries. */
  private final class Memory implements Log {
    @Override
    public RecoveredLog recovered() {
      return new RecoveredLog(Duration.ZERO, Timestamp.MIN, new TreeMap<>());
    }

    @Override
    public void append(List<LogRecord> batch, Runnable onDurable) {
      strand.execute(onDurable);
    }

    @Override
    public CompletableFuture<List<LogEntry>> read(
        GroupId group, long from, long to, long bytesMax) {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  private static final class Unheard implements Events {
    @Override
    public void event(Level level, String source, String message) {}

    @Override
    public void failure(String source, String message, Throwable cause) {}

    @Override
    public void count(String counter, long delta) {}
  }
}
