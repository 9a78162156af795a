package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanEvaluatorCache;
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
import io.meridiandb.wire.MeridianException;
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
final class ReadHandler {
  /** So many compiled scan programs are kept. */
  private static final int PROGRAMS_MAX = 256;

  private final ScanEvaluatorCache programs = new ScanEvaluatorCache(PROGRAMS_MAX);
  private final Leadership leadership;
  private final CommitHandler commits;

  ReadHandler(Leadership leadership, CommitHandler commits) {
    this.leadership = leadership;
    this.commits = commits;
  }

  void handle(ReadCall call, Consumer<ReadReply> answer) {
    if (call.getRangesCount() > TxnLimits.READ_RANGES_MAX) {
      answer.accept(
          refused(
              Refuse.failed(
                  ErrorCode.PROTOCOL_VIOLATION,
                  "a read names %d ranges, %d at most"
                      .formatted(call.getRangesCount(), TxnLimits.READ_RANGES_MAX))));
      return;
    }
    List<KeyRange> ranges = TabletRead.ranges(call);
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
          refused(
              Refuse.failed(
                  ErrorCode.INVALID_PARAMETER_VALUE,
                  "a read at %s lies more than %d s in the future"
                      .formatted(at, TxnLimits.READ_AHEAD_MAX.toSeconds()))));
    } else if (at.isAfter(now)) {
      leadership.context.replication().whenReached(at, () -> readAt(call, ranges, at, answer));
    } else {
      readAt(call, ranges, at, answer);
    }
  }

  /** Entered again after each wait, with the same timestamp. */
  private void readAt(
      ReadCall call, List<KeyRange> ranges, Timestamp at, Consumer<ReadReply> answer) {
    if (!leadership.leads() || !leadership.context.replication().raise(at)) {
      answer.accept(refused(leadership.notLeader()));
      return;
    }
    Timestamp horizon = leadership.context.store().horizon();
    if (at.isBefore(horizon)) {
      answer.accept(
          refused(
              Refuse.failed(
                  ErrorCode.SNAPSHOT_TOO_OLD,
                  "versions at %s are not kept any more, the oldest readable time is %s"
                      .formatted(at, horizon))));
      return;
    }
    Pending blocking = blocking(call, ranges, at);
    if (blocking != null) {
      blocking.whenApplied(() -> readAt(call, ranges, at, answer));
      return;
    }
    if (!leadership.schema.admits(call.getSchemaVersion(), at)) {
      answer.accept(refused(Refuse.schemaChanged(leadership.schema.at(at))));
      return;
    }
    evaluate(call, at, ReadReply.newBuilder().setReadTimestampNanos(at.nanos()), answer);
  }

  private @Nullable Pending blocking(ReadCall call, List<KeyRange> ranges, Timestamp at) {
    Pending schemaChange =
        call.getSchemaVersion() == SchemaVersion.EXEMPT.value()
            ? null
            : leadership.pending.conflict(SchemaGate.RANGE, at);
    return schemaChange != null ? schemaChange : leadership.pending.conflict(ranges, at);
  }

  private void readUnderLocks(ReadCall call, List<KeyRange> ranges, Consumer<ReadReply> answer) {
    TxnId id = Protos.txn(call.getHolding().getTxn());
    if (commits.isUnderWay(id)) {
      answer.accept(refused(leadership.lostLocks(id)));
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
            readNewest(call, grant, answer);
          }

          @Override
          public void refused(Refusal refusal) {
            answer.accept(ReadHandler.refused(refusal));
          }
        });
  }

  private void readNewest(ReadCall call, long grant, Consumer<ReadReply> answer) {
    if (!leadership.schema.admits(call.getSchemaVersion(), Timestamp.MAX)) {
      answer.accept(refused(Refuse.schemaChanged(leadership.schema.at(Timestamp.MAX))));
      return;
    }
    ReadReply.Builder reply = ReadReply.newBuilder().setEpoch(leadership.epoch).setGrant(grant);
    evaluate(call, Timestamp.MAX, reply, answer);
  }

  private void evaluate(
      ReadCall call, Timestamp at, ReadReply.Builder reply, Consumer<ReadReply> answer) {
    Timestamp newest;
    try {
      newest = TabletRead.run(leadership.context.store(), programs, call, at, reply);
    } catch (MeridianException e) {
      answer.accept(refused(Refuse.failed(e)));
      return;
    }
    leadership.context.replication().whenPassed(newest, () -> answer.accept(reply.build()));
  }

  private static ReadReply refused(Refusal refusal) {
    return ReadReply.newBuilder().setRefusal(refusal).build();
  }
}
