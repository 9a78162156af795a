package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.lock.LockWish;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads at the leader: at a timestamp without locks, or under locks (protocol C4, G16-G19).
 *
 * <p>Without locks: the timestamp is fixed at arrival; the leader promises that no later entry gets
 * one at or below it, waits for the unapplied entries below it that meet the ranges, and reads.
 * Under locks: the newest versions; a writer holds its locks until its entry is applied. Both ways
 * the answer waits until every version seen has surely passed.
 */
final class ReadHandler implements SnapshotReads.Assurance {
  private final Leadership leadership;
  private final SnapshotReads snapshots;

  ReadHandler(Leadership leadership, SnapshotReads snapshots) {
    this.leadership = leadership;
    this.snapshots = snapshots;
  }

  void handle(ReadCall call, List<KeyRange> ranges, Consumer<ReadReply> answer) {
    if (call.getLock() == LockMode.NONE.ordinal()) {
      readAtTimestamp(call, ranges, answer);
    } else {
      readUnderLocks(call, ranges, answer);
    }
  }

  private void readAtTimestamp(ReadCall call, List<KeyRange> ranges, Consumer<ReadReply> answer) {
    Timestamp now = leadership.context.replication().now().latest();
    Timestamp at = call.hasReadTimestampNanos() ? new Timestamp(call.getReadTimestampNanos()) : now;
    if (at.isAfter(now.plus(TxnLimits.READ_AHEAD_MAX))) {
      answer.accept(
          SnapshotReads.refused(
              Refuse.failed(
                  ErrorCode.INVALID_PARAMETER_VALUE,
                  "a read at %s lies more than %d s in the future"
                      .formatted(at, TxnLimits.READ_AHEAD_MAX.toSeconds()))));
    } else if (at.isAfter(now)) {
      leadership
          .context
          .replication()
          .whenReached(at, () -> snapshots.readAt(call, ranges, at, this, answer));
    } else {
      snapshots.readAt(call, ranges, at, this, answer);
    }
  }

  @Override
  public boolean holds(Timestamp at) {
    return leadership.leads() && leadership.context.replication().raise(at);
  }

  @Override
  public @Nullable Pending unapplied(List<KeyRange> ranges, Timestamp at) {
    return leadership.pending.conflict(ranges, at);
  }

  @Override
  public Refusal refusal() {
    return leadership.notLeader();
  }

  private void readUnderLocks(ReadCall call, List<KeyRange> ranges, Consumer<ReadReply> answer) {
    TxnId id = Protos.txn(call.getHolding().getTxn());
    if (leadership.isEnding(id)) {
      answer.accept(SnapshotReads.refused(leadership.lostLocks(id)));
      return;
    }
    LockMode mode =
        call.getLock() == LockMode.EXCLUSIVE.ordinal() ? LockMode.EXCLUSIVE : LockMode.SHARED;
    List<LockWish> wishes = new ArrayList<>(ranges.size());
    for (KeyRange range : ranges) {
      wishes.add(new LockWish(range, mode));
    }
    leadership.lock(
        call.getHolding(),
        wishes,
        new Leadership.Continuation() {
          @Override
          public void locked(long grant) {
            readNewest(call, ranges, grant, answer);
          }

          @Override
          public void refused(Refusal refusal) {
            answer.accept(SnapshotReads.refused(refusal));
          }
        });
  }

  private void readNewest(
      ReadCall call, List<KeyRange> ranges, long grant, Consumer<ReadReply> answer) {
    // The locks stay whatever the answer is, so every answer tells of them: a gateway that did not
    // know could not give them back.
    ReadReply.Builder reply = ReadReply.newBuilder().setEpoch(leadership.epoch).setGrant(grant);
    Refusal notOwned = leadership.notOwned(ranges, Timestamp.MAX);
    if (notOwned != null) {
      answer.accept(reply.setRefusal(notOwned).build());
      return;
    }
    if (!leadership.schema.admits(call.getSchemaVersion(), Timestamp.MAX)) {
      SchemaVersion newest = leadership.schema.at(Timestamp.MAX);
      answer.accept(reply.setRefusal(Refuse.schemaChanged(newest)).build());
      return;
    }
    snapshots.evaluate(call, Timestamp.MAX, reply, answer);
  }
}
