package io.meridiandb.txn.participant;

import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.Txn;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Committed transactions of which this leader was told that all participants have the outcome, and
 * the log does not say so yet. Lost with the leader: then they are asked about once more before
 * they are forgotten.
 */
final class Acknowledgements {
  /** So many are named in one entry. */
  private static final int NAMED_MAX = 1_000;

  private final AttemptOutcomes attempts;
  private final Set<TxnId> known = new LinkedHashSet<>();

  Acknowledgements(AttemptOutcomes attempts) {
    this.attempts = attempts;
  }

  /** All participants have the outcome of this one. */
  void add(TxnId id) {
    if (attempts.find(id) instanceof AttemptOutcomes.Ending.Committed) {
      known.add(id);
    }
  }

  boolean contains(TxnId id) {
    return known.contains(id);
  }

  /** Some, for the next entry. */
  List<Txn> named() {
    return known.stream().limit(NAMED_MAX).map(Protos::txn).toList();
  }

  /** The log says so now. */
  void applied(List<Txn> named) {
    named.forEach(txn -> known.remove(Protos.txn(txn)));
  }

  /** What the horizon has let go needs no acknowledgement. */
  void prune() {
    known.removeIf(id -> attempts.find(id) == null);
  }
}
