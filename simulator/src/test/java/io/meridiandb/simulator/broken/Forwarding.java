package io.meridiandb.simulator.broken;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.Log;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.ImageSink;
import io.meridiandb.paxos.replica.ImageSource;
import io.meridiandb.paxos.replica.LeaderTerm;
import io.meridiandb.paxos.replica.StateMachine;
import io.meridiandb.spanserver.tablet.TabletDamagedException;
import io.meridiandb.spanserver.tablet.TabletHost;
import io.meridiandb.txn.participant.Replication;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parts that do what others do, but for what is overridden. */
final class Forwarding {
  private Forwarding() {}

  /** A log. */
  abstract static class OfLog implements Log {
    private final Log to;

    OfLog(Log to) {
      this.to = to;
    }

    @Override
    public RecoveredLog recovered() {
      return to.recovered();
    }

    @Override
    public void append(List<LogRecord> batch, Runnable onDurable) {
      to.append(batch, onDurable);
    }

    @Override
    public CompletableFuture<List<LogEntry>> read(
        GroupId group, long from, long end, long bytesMax) {
      return to.read(group, from, end, bytesMax);
    }

    @Override
    public boolean full() {
      return to.full();
    }

    @Override
    public boolean exhausted() {
      return to.exhausted();
    }
  }

  /** A state machine. */
  abstract static class OfMachine implements StateMachine {
    private final StateMachine to;

    OfMachine(StateMachine to) {
      this.to = to;
    }

    @Override
    public long checkpointIndex() {
      return to.checkpointIndex();
    }

    @Override
    public void apply(LogEntry entry) {
      to.apply(entry);
    }

    @Override
    public void becameLeader(LeaderTerm term) {
      to.becameLeader(term);
    }

    @Override
    public ByteString handOver() {
      return to.handOver();
    }

    @Override
    public void stepDown() {
      to.stepDown();
    }

    @Override
    public void membersChanged(ReplicaSet members) {
      to.membersChanged(members);
    }

    @Override
    public CompletableFuture<ImageSource> exportImage() {
      return to.exportImage();
    }

    @Override
    public CompletableFuture<ImageSink> importImage(long index) {
      return to.importImage(index);
    }

    @Override
    public void installNeeded(long appliedIndex) {
      to.installNeeded(appliedIndex);
    }
  }

  /** A group's log as its participant sees it. */
  abstract static class OfReplication implements Replication {
    private final Replication to;

    OfReplication(Replication to) {
      this.to = to;
    }

    @Override
    public boolean leading() {
      return to.leading();
    }

    @Override
    public @Nullable ServerId leaderHint() {
      return to.leaderHint();
    }

    @Override
    public TTInterval now() {
      return to.now();
    }

    @Override
    public boolean raise(Timestamp t) {
      return to.raise(t);
    }

    @Override
    public CompletableFuture<Long> propose(Function<Timestamp, byte[]> entry) {
      return to.propose(entry);
    }

    @Override
    public boolean logFull() {
      return to.logFull();
    }

    @Override
    public void whenPassed(Timestamp t, Runnable task) {
      to.whenPassed(t, task);
    }

    @Override
    public void whenReached(Timestamp t, Runnable task) {
      to.whenReached(t, task);
    }

    @Override
    public Timestamp leaseEnd() {
      return to.leaseEnd();
    }

    @Override
    public void raiseFloor(Timestamp floor) {
      to.raiseFloor(floor);
    }

    @Override
    public Timestamp closed() {
      return to.closed();
    }

    @Override
    public void whenClosed(Timestamp t, Runnable task) {
      to.whenClosed(t, task);
    }
  }

  /** What a group tells its tablet. */
  abstract static class OfTabletHost implements TabletHost {
    private final TabletHost to;

    OfTabletHost(TabletHost to) {
      this.to = to;
    }

    @Override
    public byte[] state() {
      return to.state();
    }

    @Override
    public Timestamp horizon() {
      return to.horizon();
    }

    @Override
    public void whenLogged(Runnable task) {
      to.whenLogged(task);
    }

    @Override
    public void checkpointed(long index) {
      to.checkpointed(index);
    }

    @Override
    public void failed(Throwable cause) {
      to.failed(cause);
    }

    @Override
    public void damaged(TabletDamagedException cause) {
      to.damaged(cause);
    }
  }
}
