package io.meridiandb.simulator.invariant;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.Log;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.ImageSink;
import io.meridiandb.paxos.replica.ImageSource;
import io.meridiandb.paxos.replica.LeaderTerm;
import io.meridiandb.paxos.replica.Proposal;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.StateMachine;
import io.meridiandb.server.NodeParts;
import io.meridiandb.simulator.invariant.Observer.Place;
import io.meridiandb.spanserver.tablet.TabletHost;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.participant.ParticipantContext;
import io.meridiandb.txn.participant.Recovery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One server's parts with an observer between them. It sits beside the truth: below whatever stands
 * in for the log, so that it hears what the disk has; above whatever stands in for the state
 * machine, so that it hears what was chosen; above whatever stands in for the replica, so that it
 * hears what transactions are told.
 */
public final class ObservedParts implements NodeParts {
  private final ServerIdentity self;
  private final NodeParts parts;
  private final Observer observer;
  private final Map<GroupId, Replica> replicas = new TreeMap<>();

  /** Around {@code parts} of one life of a server. */
  public ObservedParts(ServerIdentity self, NodeParts parts, Observer observer) {
    this.self = self;
    this.parts = parts;
    this.observer = observer;
  }

  private Place place(GroupId group) {
    return new Place(self.server(), self.incarnation(), group);
  }

  @Override
  public Log log(Log log) {
    observer.recovered(self.server(), log.recovered());
    return parts.log(new ObservedLog(log));
  }

  @Override
  public VoterState voter(
      Lessee lessee, LeaseConfig config, Duration durableBound, TTInterval now) {
    return parts.voter(lessee, config, durableBound, now);
  }

  @Override
  public Replica replica(Replica replica) {
    replicas.put(replica.group(), replica);
    observer.opened(place(replica.group()), replica);
    return new ObservedReplica(parts.replica(replica));
  }

  @Override
  public StateMachine machine(GroupId group, StateMachine machine) {
    return new ObservedMachine(group, parts.machine(group, machine));
  }

  @Override
  public TabletHost tabletHost(GroupId group, TabletHost host) {
    return parts.tabletHost(group, host);
  }

  @Override
  public Participant participant(
      ParticipantContext context, Ownership ownership, Recovery recovery) {
    Participant made = parts.participant(context, ownership, recovery);
    observer.seen(
        place(context.group()),
        new Observer.Seen(made::preparedCount, made::lockHolders, context.store(), ownership));
    return made;
  }

  private final class ObservedLog implements Log {
    private final Log log;

    ObservedLog(Log log) {
      this.log = log;
    }

    @Override
    public RecoveredLog recovered() {
      return log.recovered();
    }

    @Override
    public void append(List<LogRecord> batch, Runnable onDurable) {
      log.append(
          batch,
          () -> {
            observer.durable(self.server(), batch);
            onDurable.run();
          });
    }

    @Override
    public CompletableFuture<List<LogEntry>> read(
        GroupId group, long from, long to, long bytesMax) {
      return log.read(group, from, to, bytesMax);
    }

    @Override
    public boolean full() {
      return log.full();
    }

    @Override
    public boolean exhausted() {
      return log.exhausted();
    }
  }

  private final class ObservedMachine implements StateMachine {
    private final Place place;
    private final StateMachine machine;

    ObservedMachine(GroupId group, StateMachine machine) {
      this.place = place(group);
      this.machine = machine;
    }

    @Override
    public long checkpointIndex() {
      long index = machine.checkpointIndex();
      observer.stands(place, index);
      return index;
    }

    @Override
    public void apply(LogEntry entry) {
      Replica replica = replicas.get(place.group());
      observer.applied(place, entry, replica == null ? null : replica.members());
      machine.apply(entry);
    }

    @Override
    public void becameLeader(LeaderTerm term) {
      machine.becameLeader(term);
    }

    @Override
    public ByteString handOver() {
      return machine.handOver();
    }

    @Override
    public void stepDown() {
      machine.stepDown();
    }

    @Override
    public void membersChanged(ReplicaSet members) {
      machine.membersChanged(members);
    }

    @Override
    public CompletableFuture<ImageSource> exportImage() {
      return machine.exportImage();
    }

    @Override
    public CompletableFuture<ImageSink> importImage(long index) {
      return machine.importImage(index).thenApply(sink -> new ObservedSink(sink, place, index));
    }

    @Override
    public CompletableFuture<ImageSink> importImage(long index, ByteString identity) {
      return machine
          .importImage(index, identity)
          .thenApply(sink -> new ObservedSink(sink, place, index));
    }

    @Override
    public ByteString unfinishedImage() {
      return machine.unfinishedImage();
    }

    @Override
    public void installNeeded(long appliedIndex) {
      machine.installNeeded(appliedIndex);
    }
  }

  private final class ObservedSink implements ImageSink {
    private final ImageSink sink;
    private final Place place;
    private final long index;

    ObservedSink(ImageSink sink, Place place, long index) {
      this.sink = sink;
      this.place = place;
      this.index = index;
    }

    @Override
    public long position() {
      return sink.position();
    }

    @Override
    public CompletableFuture<Void> write(long position, ByteString bytes) {
      return sink.write(position, bytes);
    }

    @Override
    public CompletableFuture<Void> finish() {
      return sink.finish().thenRun(() -> observer.stands(place, index));
    }

    @Override
    public void suspend() {
      sink.suspend();
    }

    @Override
    public void abort() {
      sink.abort();
    }
  }

  private final class ObservedReplica extends ForwardingReplica {
    private final Place place;

    ObservedReplica(Replica replica) {
      super(replica);
      this.place = place(replica.group());
    }

    @Override
    public Proposal propose(Function<Timestamp, ByteString> payload) {
      return super.propose(at -> {
        observer.assigned(place, at, clock().leaseEnd());
        return payload.apply(at);
      });
    }

    @Override
    public Timestamp closed() {
      Timestamp closed = super.closed();
      observer.closed(place, closed, appliedIndex());
      return closed;
    }

    @Override
    public void whenClosed(Timestamp t, Runnable task) {
      super.whenClosed(
          t,
          () -> {
            observer.closed(place, t, appliedIndex());
            task.run();
          });
    }
  }
}
