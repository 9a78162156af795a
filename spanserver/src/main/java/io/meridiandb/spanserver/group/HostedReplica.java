package io.meridiandb.spanserver.group;

import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.NotLeaderException;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.directory.LocalGroup;
import io.meridiandb.spanserver.tablet.VersionChunk;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.proto.IngestEntry;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A replica and, unless it is a witness, its tablet, as the placement driver's messages see them.
 *
 * @param replica the replica
 * @param tablet its rows and transactions; null for a witness
 */
public record HostedReplica(TrueTime trueTime, Replica replica, @Nullable TabletGroup tablet)
    implements LocalGroup {
  @Override
  public GroupId group() {
    return replica.group();
  }

  @Override
  public ReplicaSet members() {
    return replica.members();
  }

  @Override
  public boolean leading() {
    TabletGroup rows = tablet;
    return rows != null && !rows.stopped() && replica.leaseValidNow();
  }

  @Override
  public List<VoterLag> lags() {
    return replica.lags();
  }

  @Override
  public @Nullable ServerId leaderHint() {
    return replica.leaderHint();
  }

  @Override
  public long appliedIndex() {
    return replica.appliedIndex();
  }

  @Override
  public Timestamp closed() {
    return replica.closed();
  }

  @Override
  public long bytesIn(KeyRange range) {
    TabletGroup rows = tablet;
    return rows == null ? 0 : rows.tablet().bytesIn(range);
  }

  @Override
  public @Nullable Ownership ownership() {
    TabletGroup rows = tablet;
    return rows == null ? null : rows.directories();
  }

  @Override
  public @Nullable Timestamp closeNow() {
    TTInterval now = trueTime.now();
    if (!leading()) {
      return null;
    }
    Timestamp past = Timestamp.max(now.latest(), replica.clock().lastTs());
    return replica.clock().promise(past) ? past : null;
  }

  @Override
  public void whenSettled(KeyRange range, Timestamp t, Runnable task) {
    TabletGroup rows = tablet;
    if (rows != null) {
      replica.whenClosed(t, () -> rows.whenSettled(range, t, task));
    }
  }

  @Override
  public VersionChunk exportVersions(
      KeyRange range,
      Timestamp after,
      Timestamp to,
      VersionChunk.@Nullable Cursor from,
      long bytesMax) {
    TabletGroup rows = tablet;
    if (rows == null) {
      throw Invariants.unreachable("a witness of %s has nothing to copy", replica.group());
    }
    return rows.tablet().exportVersions(range, after, to, from, bytesMax);
  }

  @Override
  public CompletableFuture<Long> append(IngestEntry entry) {
    if (replica.logFull()) {
      return CompletableFuture.failedFuture(
          new MeridianException(
              ErrorCode.DISK_FULL,
              "the disk of the server that leads %s is full: nothing is copied to it"
                  .formatted(replica.group())));
    }
    try {
      return replica.propose(UnsafeByteOperations.unsafeWrap(GroupEntries.encode(entry))).chosen();
    } catch (NotLeaderException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<Void> changeMembers(ReplicaSet target) {
    return replica.changeMembers(target);
  }

  @Override
  public void handOver(ServerId target) {
    replica.handOver(target);
  }
}
