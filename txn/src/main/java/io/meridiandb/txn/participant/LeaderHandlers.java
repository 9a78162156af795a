package io.meridiandb.txn.participant;

import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.proto.GroupEntry;

/** The handlers of one leadership, one for each kind of request, and what they share. */
final class LeaderHandlers {
  private final Leadership leadership;
  private final AppendedRefusals refusals;
  private final Recoveries recoveries;
  private final Acknowledgements acknowledgements;
  private final Horizons horizons;
  private final CommitHandler commits;
  private final PrepareHandler prepares;
  private final OutcomeHandler outcomes;
  private final VoteHandler votes;
  private final ResolveHandler resolves;
  private final ReadHandler reads;
  private final LockHandler locks;

  LeaderHandlers(Leadership leadership, SnapshotReads snapshots) {
    this.leadership = leadership;
    refusals = new AppendedRefusals(leadership);
    recoveries = new Recoveries(leadership);
    acknowledgements = new Acknowledgements(leadership.state.attempts);
    horizons = new Horizons(leadership, recoveries, acknowledgements);
    Admission admission = new Admission(leadership, horizons);
    commits = new CommitHandler(leadership, refusals, admission);
    prepares = new PrepareHandler(leadership, refusals, admission, recoveries);
    outcomes = new OutcomeHandler(leadership, prepares, recoveries, acknowledgements);
    votes = new VoteHandler(leadership, refusals, outcomes);
    resolves = new ResolveHandler(leadership, refusals, recoveries);
    reads = new ReadHandler(leadership, snapshots);
    locks = new LockHandler(leadership);
  }

  Leadership leadership() {
    return leadership;
  }

  CommitHandler commits() {
    return commits;
  }

  PrepareHandler prepares() {
    return prepares;
  }

  OutcomeHandler outcomes() {
    return outcomes;
  }

  VoteHandler votes() {
    return votes;
  }

  ResolveHandler resolves() {
    return resolves;
  }

  ReadHandler reads() {
    return reads;
  }

  LockHandler locks() {
    return locks;
  }

  Acknowledgements acknowledgements() {
    return acknowledgements;
  }

  /** An entry was applied on this replica: who waits for it goes on. */
  void applied(GroupEntry entry) {
    switch (entry.getBodyCase()) {
      case COMMITTED -> commits.applied(entry.getCommitted());
      case PREPARED -> prepares.applied(entry.getPrepared());
      case OUTCOME -> outcomes.applied(entry.getOutcome());
      case REFUSED -> refusals.applied(entry.getRefused());
      case HORIZON -> {
        leadership.refusals.prune(leadership.state.outcomes.horizon());
        acknowledgements.prune();
      }
      case PART, INGEST, BODY_NOT_SET -> {
        // nobody waits for them here
      }
    }
  }

  /** Called once a second. */
  void tick() {
    leadership.locks.abandonSilent(
        leadership.context.clocks().bootNanos() - TxnLimits.LOCK_LEASE.toNanos());
    leadership.freeSchema();
    recoveries.tick();
    horizons.tick();
  }

  /** The leader has stepped down. */
  void dissolve() {
    leadership.end();
    outcomes.dissolve();
    refusals.dissolve();
  }
}
