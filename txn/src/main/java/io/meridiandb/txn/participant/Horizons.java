package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.participant.Recovery.RecoveryRequest;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.HorizonEntry;
import java.time.Duration;
import java.util.List;

/**
 * Moves the horizon on, behind which commits are refused and outcomes may be forgotten (protocol
 * G13). Those committed in several groups of which it is not known whether all participants have
 * the outcome are kept by name, and it is seen to that they get it.
 */
final class Horizons {
  private static final Duration STEP = Duration.ofMinutes(1);

  /** So many are asked about at each step. */
  private static final int PURSUED_MAX = 100;

  private final Leadership leadership;
  private final Recoveries recoveries;
  private final Acknowledgements acknowledgements;
  private Timestamp proposed;

  /** Whether there was anything to forget was looked at for this horizon last. */
  private Timestamp looked = Timestamp.MIN;

  /**
   * Begins at the logged horizon.
   *
   * @param acknowledgements says which need not be kept
   */
  Horizons(Leadership leadership, Recoveries recoveries, Acknowledgements acknowledgements) {
    this.leadership = leadership;
    this.recoveries = recoveries;
    this.acknowledgements = acknowledgements;
    this.proposed = leadership.state.outcomes.horizon();
  }

  /** No commit that began at or before it may be appended any more. */
  Timestamp proposed() {
    return proposed;
  }

  /** Called now and then: moves the horizon on if there is anything to forget. */
  void tick() {
    Timestamp next =
        leadership
            .context
            .replication()
            .now()
            .earliest()
            .plus(TxnLimits.OUTCOME_RETENTION.negated());
    if (!next.isAfter(Timestamp.max(proposed, looked).plus(STEP)) || !leadership.leads()) {
      return;
    }
    looked = next;
    GroupState state = leadership.state;
    if (!state.outcomes.holdsUpTo(next) && !state.attempts.holdsUpTo(next)) {
      return;
    }
    proposed = next;
    HorizonEntry.Builder entry = HorizonEntry.newBuilder().setHorizonNanos(next.nanos());
    if (leadership.rules.hold(Rule.OUTCOMES_KEPT)) {
      List<RecoveryRequest> unacknowledged =
          state.attempts.unacknowledged(next).stream()
              .filter(each -> !acknowledgements.contains(each.id()))
              .toList();
      unacknowledged.forEach(each -> entry.addKept(Protos.txn(each.id())));
      unacknowledged.stream().limit(PURSUED_MAX).forEach(recoveries::begin);
    }
    byte[] encoded = GroupEntries.encode(entry.build());
    leadership
        .context
        .replication()
        .propose(at -> encoded)
        .whenComplete((index, error) -> {
          if (error != null) {
            leadership.context.events().probe("txn.horizon.failed");
          }
        });
  }
}
