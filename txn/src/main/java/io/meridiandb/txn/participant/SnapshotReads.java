package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanEvaluatorCache;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads at a timestamp, at any replica with data (protocol C4, G18, G23). Whoever reads is first
 * sure that no entry at or below the timestamp is to come; then waits for the write sets at or
 * below it that meet the ranges and are not settled; then looks whether the group owned the ranges
 * then and which schema held; reads; and answers when all that was seen has surely passed.
 */
final class SnapshotReads {
  /** So many compiled scan programs are kept. */
  private static final int PROGRAMS_MAX = 256;

  /** How a replica knows what is still to come. */
  interface Assurance {
    /** Whether no entry at or below {@code at} is to come; asked again after each wait. */
    boolean holds(Timestamp at);

    /** What is known and not applied yet at or below {@code at} within the range, or null. */
    @Nullable Pending unapplied(List<KeyRange> ranges, Timestamp at);

    /** Why the replica does not answer if nothing is sure. */
    Refusal refusal();
  }

  private final ScanEvaluatorCache programs = new ScanEvaluatorCache(PROGRAMS_MAX);
  private final Base base;

  SnapshotReads(Base base) {
    this.base = base;
  }

  /** Entered again after each wait, with the same timestamp. */
  void readAt(
      ReadCall call,
      List<KeyRange> ranges,
      Timestamp at,
      Assurance assurance,
      Consumer<ReadReply> answer) {
    if (!assurance.holds(at)) {
      answer.accept(refused(assurance.refusal()));
      return;
    }
    Timestamp horizon = base.context().store().horizon();
    if (at.isBefore(horizon)) {
      answer.accept(
          refused(
              Refuse.failed(
                  ErrorCode.SNAPSHOT_TOO_OLD,
                  "versions at %s are not kept any more, the oldest readable time is %s"
                      .formatted(at, horizon))));
      return;
    }
    Pending blocking = blocking(call, ranges, at, assurance);
    if (blocking != null) {
      blocking.whenApplied(() -> readAt(call, ranges, at, assurance, answer));
      return;
    }
    for (KeyRange range : ranges) {
      var owners = base.ownership().notOwned(range, at);
      if (owners != null) {
        answer.accept(refused(Refuse.wrongDirectory(owners)));
        return;
      }
    }
    if (!base.schema().admits(call.getSchemaVersion(), at)) {
      answer.accept(refused(Refuse.schemaChanged(base.schema().at(at))));
      return;
    }
    evaluate(call, at, ReadReply.newBuilder().setReadTimestampNanos(at.nanos()), answer);
  }

  private @Nullable Pending blocking(
      ReadCall call, List<KeyRange> ranges, Timestamp at, Assurance assurance) {
    if (call.getSchemaVersion() != SchemaVersion.EXEMPT.value()) {
      Pending schemaChange = blocking(List.of(base.schema().range), at, assurance);
      if (schemaChange != null) {
        return schemaChange;
      }
    }
    return blocking(ranges, at, assurance);
  }

  private @Nullable Pending blocking(List<KeyRange> ranges, Timestamp at, Assurance assurance) {
    Pending unapplied = assurance.unapplied(ranges, at);
    if (unapplied != null || !base.rules().hold(Rule.READS_HEED_VOTES)) {
      return unapplied;
    }
    return base.state().prepared.conflict(ranges, at);
  }

  /** Reads what is applied at or below {@code at}, and answers when that has surely passed. */
  void evaluate(ReadCall call, Timestamp at, ReadReply.Builder reply, Consumer<ReadReply> answer) {
    Timestamp newest;
    try {
      newest = TabletRead.run(base.context().store(), programs, call, at, reply);
    } catch (MeridianException e) {
      answer.accept(refused(Refuse.failed(e)));
      return;
    }
    if (base.rules().hold(Rule.READS_WAIT)) {
      base.context().replication().whenPassed(newest, () -> answer.accept(reply.build()));
    } else {
      answer.accept(reply.build());
    }
  }

  static ReadReply refused(Refusal refusal) {
    return ReadReply.newBuilder().setRefusal(refusal).build();
  }
}
