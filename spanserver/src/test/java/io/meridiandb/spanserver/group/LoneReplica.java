package io.meridiandb.spanserver.group;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.LeaderTerm;
import io.meridiandb.paxos.replica.Proposal;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.StateMachine;
import io.meridiandb.truetime.TrueTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A group of one replica that leads at once and whose log, the test's list, outlives restarts. */
final class LoneReplica implements Replica {
  private static final ServerId SELF = new ServerId(1);
  private static final Duration CHOSEN_AFTER = Duration.ofMillis(1);

  private final List<LogEntry> log;
  private final StateMachine machine;
  private final Strand strand;
  private final GroupClock clock;
  private final Ballot ballot;
  private long applied;
  long checkpoint;
  boolean handedOver;

  LoneReplica(List<LogEntry> log, StateMachine machine, Strand strand, TrueTime trueTime) {
    this.log = log;
    this.machine = machine;
    this.strand = strand;
    this.clock = new GroupClock(trueTime, () -> Timestamp.MAX);
    this.ballot = new Ballot(log.size() + 1, SELF, 1);
    this.applied = machine.checkpointIndex();
  }

  /** Applies what the checkpoint lacks, and leads. */
  void start() {
    log.add(
        new LogEntry(
            log.size() + 1, ballot, EntryKind.LEADER_START, Timestamp.ZERO, ByteString.EMPTY));
    catchUp();
    machine.becameLeader(new LeaderTerm(ballot, log.size(), Timestamp.ZERO));
  }

  private void catchUp() {
    while (applied < log.size()) {
      LogEntry entry = log.get((int) applied++);
      clock.raise(entry.timestamp());
      if (entry.kind() == EntryKind.COMMAND) {
        machine.apply(entry);
      }
    }
  }

  @Override
  public GroupId group() {
    return GroupId.ZERO;
  }

  @Override
  public boolean leaseValidNow() {
    return true;
  }

  @Override
  public boolean leaseValidAt(TTInterval moment) {
    return true;
  }

  @Override
  public @Nullable ServerId leaderHint() {
    return SELF;
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
        new LogEntry(
            log.size() + 1, ballot, EntryKind.COMMAND, timestamp, payload.apply(timestamp));
    log.add(entry);
    CompletableFuture<Long> chosen = new CompletableFuture<>();
    strand.schedule(
        CHOSEN_AFTER,
        () -> {
          catchUp();
          chosen.complete(entry.index());
        });
    return new Proposal(ballot, entry.index(), timestamp, chosen);
  }

  @Override
  public void whenLogged(Runnable task) {
    task.run();
  }

  @Override
  public void checkpointed(long index) {
    checkpoint = index;
  }

  @Override
  public ReplicaSet members() {
    return ReplicaSet.ofFull(List.of(SELF));
  }

  @Override
  public CompletableFuture<Void> changeMembers(ReplicaSet target) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Timestamp closed() {
    return applied == log.size() ? clock.close().orElseThrow() : Timestamp.MIN;
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
    handedOver = true;
  }
}
