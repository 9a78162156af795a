package io.meridiandb.simulator.invariant;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.PaxosConfig.LeaderPreference;
import io.meridiandb.paxos.lease.GroupClock;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.Proposal;
import io.meridiandb.paxos.replica.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Does what another replica does, but for what is overridden. */
public abstract class ForwardingReplica implements Replica {
  private final Replica replica;

  /** In front of {@code replica}. */
  protected ForwardingReplica(Replica replica) {
    this.replica = replica;
  }

  @Override
  public Proposal propose(Function<Timestamp, ByteString> payload) {
    return replica.propose(payload);
  }

  @Override
  public Timestamp closed() {
    return replica.closed();
  }

  @Override
  public void whenClosed(Timestamp t, Runnable task) {
    replica.whenClosed(t, task);
  }

  @Override
  public GroupId group() {
    return replica.group();
  }

  @Override
  public boolean leaseValidNow() {
    return replica.leaseValidNow();
  }

  @Override
  public boolean leaseValidAt(TTInterval moment) {
    return replica.leaseValidAt(moment);
  }

  @Override
  public @Nullable ServerId leaderHint() {
    return replica.leaderHint();
  }

  @Override
  public Ballot ballot() {
    return replica.ballot();
  }

  @Override
  public GroupClock clock() {
    return replica.clock();
  }

  @Override
  public long appliedIndex() {
    return replica.appliedIndex();
  }

  @Override
  public boolean logFull() {
    return replica.logFull();
  }

  @Override
  public void whenLogged(Runnable task) {
    replica.whenLogged(task);
  }

  @Override
  public void checkpointed(long index) {
    replica.checkpointed(index);
  }

  @Override
  public ReplicaSet members() {
    return replica.members();
  }

  @Override
  public CompletableFuture<Void> changeMembers(ReplicaSet target) {
    return replica.changeMembers(target);
  }

  @Override
  public void raiseFloor(Timestamp floor) {
    replica.raiseFloor(floor);
  }

  @Override
  public void prefer(LeaderPreference preference) {
    replica.prefer(preference);
  }

  @Override
  public void handOver(@Nullable ServerId target) {
    replica.handOver(target);
  }
}
