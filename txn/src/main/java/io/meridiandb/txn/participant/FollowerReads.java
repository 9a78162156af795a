package io.meridiandb.txn.participant;

import io.meridiandb.kernel.strand.Timer;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.Refusal;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads at replicas that do not lead: at a given timestamp, once it is closed here (protocol C4,
 * G20); the leader is asked to close it. Such a read waits for a bounded time, then its gateway is
 * sent to the leader.
 */
final class FollowerReads implements SnapshotReads.Assurance {
  private final ParticipantContext context;
  private final SnapshotReads snapshots;
  private final Rules rules;

  /** For when the leader was asked last, if that is not closed yet. */
  private @Nullable Timestamp asked;

  FollowerReads(Base base, SnapshotReads snapshots) {
    this.context = base.context();
    this.snapshots = snapshots;
    this.rules = base.rules();
  }

  void handle(ReadCall call, List<KeyRange> ranges, Consumer<ReadReply> answer) {
    Timestamp at = timestamp(call);
    if (context.replication().closed().isBefore(at)) {
      asked = at;
      context.replication().askToClose(at);
    }
    Consumer<ReadReply> once = boundedWait(answer);
    context
        .replication()
        .whenClosed(
            at,
            () -> {
              asked = at.equals(asked) ? null : asked;
              snapshots.readAt(call, ranges, at, this, once);
            });
  }

  /** The read's own: what was closed for an earlier read may lie before this one began (G19). */
  private Timestamp timestamp(ReadCall call) {
    Timestamp underWay = asked;
    return underWay == null || rules.hold(Rule.READ_TIME_AFTER_ARRIVAL)
        ? new Timestamp(call.getReadTimestampNanos())
        : underWay;
  }

  /** The answer, or after a while a refusal; whichever is first. */
  private Consumer<ReadReply> boundedWait(Consumer<ReadReply> answer) {
    boolean[] given = new boolean[1];
    Timer timer =
        context
            .strand()
            .schedule(
                TxnLimits.FOLLOWER_WAIT_MAX,
                () -> {
                  if (!given[0]) {
                    given[0] = true;
                    context.events().count("txn.follower.reads.late", 1);
                    answer.accept(SnapshotReads.refused(refusal()));
                  }
                });
    return reply -> {
      if (!given[0]) {
        given[0] = true;
        timer.cancel();
        answer.accept(reply);
      }
    };
  }

  @Override
  public boolean holds(Timestamp at) {
    return !context.replication().closed().isBefore(at);
  }

  @Override
  public @Nullable Pending unapplied(List<KeyRange> ranges, Timestamp at) {
    return null; // what is closed is applied
  }

  @Override
  public Refusal refusal() {
    return Refuse.notLeader(context.replication().leaderHint());
  }
}
