package io.meridiandb.simulator;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.log.WriteAheadLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.LeaderTerm;
import io.meridiandb.paxos.replica.Proposal;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.spanserver.group.GroupOptions;
import io.meridiandb.spanserver.group.ServerGroups;
import io.meridiandb.spanserver.group.TabletGroup;
import io.meridiandb.spanserver.tablet.TabletOptions;
import io.meridiandb.sql.session.ServerInfo;
import io.meridiandb.sql.session.SqlService;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.gateway.GatewayImpl;
import io.meridiandb.wire.spi.FrameChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The production stack from the SQL session down to the log's segments, but with one replica in
 * place of Paxos: server-1 holds all data, the others are gateways. So a crash of server-1 tests
 * the log, the tablet and exactly-once, without elections.
 */
final class LoneLeaderAssembly implements SimulatedNode.Assembly {
  private static final ServerId LEADER = new ServerId(1);
  private static final GroupOptions GROUP =
      new GroupOptions(
          new TabletOptions(64 << 10, Duration.ofSeconds(3), 4, 1 << 20), Duration.ofHours(1));
  private static final LogOptions LOG = new LogOptions(128 << 10, 64 << 10);

  @Override
  public SimulatedNode assemble(Env env, ServerIdentity self, Shape shape, Duration clockBound) {
    TrueTime trueTime = TrueTimes.staticBound(env.clocks(), clockBound);
    Strand strand = env.strands().create("server");
    Messenger messenger = new Messenger(self, env.transport(), trueTime::now, strand, env.events());
    GatewayImpl gateway =
        new GatewayImpl(env, trueTime, messenger, new LocationProxy(List.of(LEADER)), strand);
    ServerInfo info = new ServerInfo("test", self.server().toString(), self.universe().toString());
    SqlService sql = new SqlService(env, gateway, info, SqlService.QUERY_BYTES_DEFAULT);
    ServerGroups groups = new ServerGroups(env, trueTime, messenger, strand, GROUP);
    CompletableFuture<String> started = new CompletableFuture<>();
    CompletableFuture<String> died = new CompletableFuture<>();
    return new SimulatedNode() {
      @Override
      public void start() {
        if (self.server().equals(LEADER)) {
          env.fibers().start("start", () -> open(env, self, trueTime, strand, groups, started));
        } else {
          started.complete("a gateway");
        }
      }

      @Override
      public CompletableFuture<?> started() {
        return started;
      }

      @Override
      public CompletableFuture<String> died() {
        return died;
      }

      @Override
      public FrameChannel.Listener connect(FrameChannel toClient) {
        return sql.connect(toClient);
      }
    };
  }

  private static void open(
      Env env,
      ServerIdentity self,
      TrueTime trueTime,
      Strand strand,
      ServerGroups groups,
      CompletableFuture<String> started) {
    WriteAheadLog.Owner owner = new WriteAheadLog.Owner(self.universe(), self.server(), LOG);
    WriteAheadLog log =
        env.fibers()
            .await(
                WriteAheadLog.open(
                    env,
                    owner,
                    strand,
                    failure -> env.events().failure("log", "the log has failed", failure)),
                Duration.ofMinutes(1));
    try {
      TabletGroup group = groups.open(GroupId.ZERO);
      strand.execute(() -> {
        LoggedReplica replica =
            new LoggedReplica(log, group, trueTime, new Ballot(self.incarnation(), LEADER, 1));
        group.bind(replica);
        replica.start(() -> started.complete("the leader"));
        groups.serve(group);
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A group of one: what is durable in its log is chosen. */
  private static final class LoggedReplica implements Replica {
    private final WriteAheadLog log;
    private final TabletGroup machine;
    private final GroupClock clock;
    private final Ballot ballot;
    private final List<LogEntry> waiting = new ArrayList<>();
    private long last;
    private long applied;
    private boolean leads;

    LoggedReplica(WriteAheadLog log, TabletGroup machine, TrueTime trueTime, Ballot ballot) {
      this.log = log;
      this.machine = machine;
      this.ballot = ballot;
      this.clock = new GroupClock(trueTime, () -> Timestamp.MAX);
    }

    void start(Runnable ready) {
      RecoveredGroup found = log.recovered().group(GroupId.ZERO);
      applied = machine.checkpointIndex();
      last = found.baseIndex() + found.entries().size();
      for (LogEntry entry : found.entries()) {
        clock.raise(entry.timestamp());
        if (entry.index() > applied) {
          apply(entry);
        }
      }
      clock.raise(clock.trueTime().now().latest().plus(SimulatedBounds.TWICE_MAX));
      LogEntry first =
          new LogEntry(++last, ballot, EntryKind.LEADER_START, clock.lastTs(), ByteString.EMPTY);
      append(
          first,
          () -> {
            leads = true;
            machine.becameLeader(new LeaderTerm(ballot, first.index(), clock.lastTs()));
            ready.run();
          });
    }

    private void apply(LogEntry entry) {
      applied = entry.index();
      if (entry.kind() == EntryKind.COMMAND) {
        machine.apply(entry);
      }
    }

    private void append(LogEntry entry, Runnable chosen) {
      waiting.add(entry);
      log.append(
          List.of(new LogRecord.Append(GroupId.ZERO, entry)),
          () -> {
            apply(waiting.removeFirst());
            chosen.run();
          });
    }

    @Override
    public GroupId group() {
      return GroupId.ZERO;
    }

    @Override
    public boolean leaseValidNow() {
      return leads;
    }

    @Override
    public boolean leaseValidAt(TTInterval moment) {
      return leads;
    }

    @Override
    public @Nullable ServerId leaderHint() {
      return LEADER;
    }

    @Override
    public Ballot ballot() {
      return ballot;
    }

    @Override
    public GroupClock clock() {
      return clock;
    }

    @Override
    public long appliedIndex() {
      return applied;
    }

    @Override
    public Proposal propose(Function<Timestamp, ByteString> payload) {
      Timestamp timestamp = clock.assign().orElseThrow();
      LogEntry entry =
          new LogEntry(++last, ballot, EntryKind.COMMAND, timestamp, payload.apply(timestamp));
      CompletableFuture<Long> chosen = new CompletableFuture<>();
      append(entry, () -> chosen.complete(entry.index()));
      return new Proposal(ballot, entry.index(), timestamp, chosen);
    }

    @Override
    public void whenLogged(Runnable task) {
      log.append(List.of(), task);
    }

    @Override
    public void checkpointed(long index) {
      log.append(List.of(new LogRecord.CutPrefix(GroupId.ZERO, index, ballot)), () -> {});
    }

    @Override
    public ReplicaSet members() {
      return ReplicaSet.ofFull(List.of(LEADER));
    }

    @Override
    public CompletableFuture<Void> changeMembers(ReplicaSet target) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Timestamp closed() {
      return applied == last ? clock.close().orElseThrow() : Timestamp.MIN;
    }

    @Override
    public void whenClosed(Timestamp t, Runnable task) {
      task.run();
    }

    @Override
    public void raiseFloor(Timestamp floor) {
      clock.raise(floor);
    }

    @Override
    public void prefer(LeaderPreference preference) {}

    @Override
    public void handOver(@Nullable ServerId target) {
      leads = false;
    }
  }

  /** Bounds of the swarm that a lone leader must outwait, as it has no leases. */
  private static final class SimulatedBounds {
    static final Duration TWICE_MAX = Duration.ofMillis(40);
  }
}
