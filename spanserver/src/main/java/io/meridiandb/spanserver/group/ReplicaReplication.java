package io.meridiandb.spanserver.group;

import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.replica.NotLeaderException;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.participant.Replication;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A group's Paxos replica as its participant sees it. */
final class ReplicaReplication implements Replication {
  private final Strand strand;
  private final TrueTime trueTime;
  private @Nullable Replica replica;
  private @Nullable ReadTimes readTimes;
  private boolean stopped;

  ReplicaReplication(Strand strand, TrueTime trueTime) {
    this.strand = strand;
    this.trueTime = trueTime;
  }

  /** The replica is open; before, nothing leads. */
  void bind(Replica opened) {
    Invariants.check(replica == null, "%s has a replica already", opened.group());
    replica = opened;
  }

  /** From here on leaders are asked to close the present for reads that wait. */
  void askBy(ReadTimes asking) {
    readTimes = asking;
  }

  /** From now on nothing is promised or appended. */
  void stop() {
    stopped = true;
  }

  @Override
  public boolean leading() {
    Replica at = replica;
    return at != null && !stopped && at.leaseValidNow();
  }

  @Override
  public @Nullable ServerId leaderHint() {
    Replica at = replica;
    return at == null || stopped ? null : at.leaderHint();
  }

  @Override
  public TTInterval now() {
    return trueTime.now();
  }

  @Override
  public boolean raise(Timestamp t) {
    Replica at = replica;
    return at != null && leading() && at.clock().promise(t);
  }

  @Override
  public boolean logFull() {
    Replica at = replica;
    return at != null && at.logFull();
  }

  @Override
  public CompletableFuture<Long> propose(Function<Timestamp, byte[]> entry) {
    Replica at = replica;
    if (at == null || stopped) {
      return CompletableFuture.failedFuture(new IllegalStateException("the group is not open"));
    }
    try {
      return at.propose(timestamp -> UnsafeByteOperations.unsafeWrap(entry.apply(timestamp)))
          .chosen();
    } catch (NotLeaderException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void whenPassed(Timestamp t, Runnable task) {
    long left = t.nanos() - trueTime.now().earliest().nanos();
    if (t.equals(Timestamp.MIN) || left < 0) {
      task.run();
    } else {
      strand.schedule(Duration.ofNanos(left + 1), () -> whenPassed(t, task));
    }
  }

  @Override
  public void whenReached(Timestamp t, Runnable task) {
    long left = t.nanos() - trueTime.now().latest().nanos();
    if (left <= 0) {
      task.run();
    } else {
      strand.schedule(Duration.ofNanos(left), () -> whenReached(t, task));
    }
  }

  @Override
  public Timestamp leaseEnd() {
    Replica at = replica;
    return at == null || stopped ? Timestamp.MIN : at.clock().leaseEnd();
  }

  @Override
  public void raiseFloor(Timestamp floor) {
    Replica at = replica;
    if (at != null) {
      at.raiseFloor(floor);
    }
  }

  @Override
  public Timestamp closed() {
    Replica at = replica;
    return at == null || stopped ? Timestamp.MIN : at.closed();
  }

  @Override
  public void askToClose(Timestamp t) {
    ServerId leader = leaderHint();
    ReadTimes asking = readTimes;
    if (asking != null && leader != null && !leading()) {
      asking.want(leader, t);
    }
  }

  @Override
  public void whenClosed(Timestamp t, Runnable task) {
    Replica at = replica;
    if (!closed().isBefore(t)) {
      task.run();
    } else if (at != null && !stopped) {
      at.whenClosed(t, () -> strand.execute(task));
    }
  }
}
