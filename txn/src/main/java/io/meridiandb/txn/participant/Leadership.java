package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockLoss;
import io.meridiandb.txn.lock.LockOwner;
import io.meridiandb.txn.lock.LockTable;
import io.meridiandb.txn.lock.LockWaiter;
import io.meridiandb.txn.lock.LockWish;
import io.meridiandb.txn.proto.Holding;
import io.meridiandb.txn.proto.Refusal;
import io.meridiandb.wire.ErrorCode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The volatile state of one leadership of a group, from its first entry to its step-down: locks,
 * unapplied entries, refusals. Nothing of it outlives the leadership, and requests that rest on it
 * name its epoch.
 */
final class Leadership {
  /** Most transactions of which it is remembered why they lost their locks. */
  private static final int LOSSES_MAX = 10_000;

  /** What goes on when locks are held, or never will be. */
  interface Continuation {
    void locked(long grant);

    void refused(Refusal refusal);
  }

  final ParticipantContext context;
  final OutcomeTable outcomes;
  final long epoch;
  final LockTable locks = new LockTable(this::lost);
  final PendingEntries pending = new PendingEntries();
  final SchemaGate schema;
  private final Map<TxnId, LockLoss> losses = new LinkedHashMap<>();
  private boolean over;

  Leadership(ParticipantContext context, OutcomeTable outcomes, long epoch) {
    this.context = context;
    this.outcomes = outcomes;
    this.epoch = epoch;
    this.schema = new SchemaGate(context.store());
  }

  /** Whether it leads now; asked again after every wait. */
  boolean leads() {
    return !over && context.replication().leading();
  }

  Refusal notLeader() {
    return Refuse.notLeader(context.replication().leaderHint());
  }

  /** The holding that {@code holding} names is gone: why? */
  Refusal lostLocks(TxnId id) {
    return Refuse.lost(id, losses.get(id));
  }

  /**
   * Whether {@code holding} names locks that are held here, without a gap since they were taken.
   */
  boolean holds(Holding holding) {
    return holding.getEpoch() == epoch
        && locks.holds(Protos.txn(holding.getTxn()), holding.getGrant());
  }

  /** Takes the locks for the transaction, waiting if need be, and goes on. */
  void lock(Holding holding, List<LockWish> wishes, Continuation next) {
    TxnId id = Protos.txn(holding.getTxn());
    if (holding.getGrant() != 0 && !holds(holding)) {
      next.refused(lostLocks(id));
      return;
    }
    LockOwner owner = new LockOwner(new Timestamp(holding.getAgeNanos()), id);
    long grant = locks.open(owner, context.clocks().bootNanos());
    switch (locks.acquire(id, wishes, new Waiter(id, grant, next))) {
      case ACCEPTED -> {
        // the waiter is told
      }
      case TOO_MANY_WAITERS ->
          next.refused(
              Refuse.failed(
                  ErrorCode.TOO_MANY_CONNECTIONS,
                  "more than %d transactions wait for locks of %s; try again later"
                      .formatted(LockTable.WAITERS_MAX, context.group())));
      case TRANSACTION_TOO_LARGE ->
          next.refused(
              Refuse.failed(
                  ErrorCode.PROGRAM_LIMIT_EXCEEDED,
                  "the transaction locks more than %d key ranges; do it in smaller ones"
                      .formatted(LockTable.RANGES_PER_TRANSACTION_MAX)));
      case TABLE_FULL ->
          next.refused(
              Refuse.failed(
                  ErrorCode.OUT_OF_MEMORY,
                  "the lock table of %s is full (%d ranges); try again later"
                      .formatted(context.group(), LockTable.RANGES_MAX)));
    }
  }

  private final class Waiter implements LockWaiter {
    private final TxnId id;
    private final long grant;
    private final Continuation next;

    Waiter(TxnId id, long grant, Continuation next) {
      this.id = id;
      this.grant = grant;
      this.next = next;
    }

    @Override
    public void granted() {
      if (leads()) {
        next.locked(grant);
      } else {
        next.refused(notLeader());
      }
    }

    @Override
    public void dropped(LockLoss loss) {
      switch (loss) {
        case SUPERSEDED ->
            context.events().probe("txn.lock.superseded"); // the later one is answered
        case STEPPED_DOWN -> next.refused(notLeader());
        case WOUNDED, CLOSED, ABANDONED -> next.refused(Refuse.lost(id, loss));
      }
    }
  }

  private void lost(TxnId id, LockLoss loss) {
    context.events().count("txn.locks." + loss.name().toLowerCase(Locale.ROOT), 1);
    losses.put(id, loss);
    if (losses.size() > LOSSES_MAX) {
      Iterator<TxnId> oldestFirst = losses.keySet().iterator();
      oldestFirst.next();
      oldestFirst.remove();
    }
  }

  /** Steps down: everything that waits is told so. */
  void end() {
    over = true;
    locks.dissolve();
    pending.dissolve();
  }
}
