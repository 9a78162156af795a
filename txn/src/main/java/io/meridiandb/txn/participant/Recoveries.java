package io.meridiandb.txn.participant;

import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.PreparedTable.Prepared;
import io.meridiandb.txn.participant.Recovery.RecoveryRequest;
import io.meridiandb.txn.participant.Rules.Rule;
import java.time.Duration;
import java.util.TreeMap;

/**
 * Pursues the votes of this group whose outcome does not come, whether anybody is blocked by them
 * or not (protocol G21): each after a while, one run at a time, with growing pauses.
 */
final class Recoveries {
  /** A vote this old without outcome is pursued. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /**
   * The same in explicit mode (protocol G22): there the question itself aborts what its gateway is
   * still at, with very many groups, one of which may wait for a lock.
   */
  static final Duration PATIENCE_EXPLICIT = Duration.ofSeconds(3);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(15);

  /** So many are begun at each tick: a leader that starts may find thousands of votes. */
  private static final int BEGUN_MAX = 200;

  private static final class Pursuit {
    long dueNanos;
    Duration pause = PATIENCE;
    boolean running;
  }

  private final Leadership leadership;
  private final TreeMap<TxnId, Pursuit> pursuits = new TreeMap<>();

  Recoveries(Leadership leadership) {
    this.leadership = leadership;
  }

  /** Called once a second. */
  void tick() {
    if (!leadership.rules.hold(Rule.VOTES_ARE_PURSUED) || !leadership.leads()) {
      return;
    }
    long now = leadership.context.clocks().bootNanos();
    int begun = 0;
    for (Prepared prepared : leadership.state.prepared.all()) {
      Pursuit pursuit = pursuits.get(prepared.id);
      if (pursuit == null) {
        noticed(prepared.id, prepared.entry.getExplicit());
      } else if (!pursuit.running && now - pursuit.dueNanos >= 0 && begun++ < BEGUN_MAX) {
        run(prepared.recovery(), pursuit);
      }
    }
    pursuits
        .entrySet()
        .removeIf(each ->
            !each.getValue().running && leadership.state.prepared.find(each.getKey()) == null);
  }

  /** A vote is chosen: its outcome is expected from now on. */
  void noticed(TxnId id, boolean explicit) {
    Duration patience = explicit ? PATIENCE_EXPLICIT : PATIENCE;
    Pursuit pursuit = new Pursuit();
    pursuit.dueNanos = leadership.context.clocks().bootNanos() + patience.toNanos();
    pursuits.putIfAbsent(id, pursuit);
  }

  /** Somebody waits for the end: pursues it now, unless that is under way. */
  void begin(RecoveryRequest request) {
    Pursuit pursuit = pursuits.computeIfAbsent(request.id(), id -> new Pursuit());
    if (!pursuit.running) {
      run(request, pursuit);
    }
  }

  private void run(RecoveryRequest request, Pursuit pursuit) {
    pursuit.running = true;
    leadership.context.events().count("txn.recoveries", 1);
    leadership
        .base
        .recovery()
        .recover(request)
        .whenComplete((done, error) ->
            leadership.context.strand().execute(() -> ended(request.id(), pursuit, error)));
  }

  private void ended(TxnId id, Pursuit pursuit, Throwable error) {
    if (error != null) {
      leadership.context.events().probe("txn.recovery.failed");
    }
    pursuit.running = false;
    pursuit.dueNanos = leadership.context.clocks().bootNanos() + pursuit.pause.toNanos();
    Duration doubled = pursuit.pause.multipliedBy(2);
    pursuit.pause = doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
    if (leadership.state.prepared.find(id) == null) {
      pursuits.remove(id, pursuit);
    }
  }

  /** The outcome is here. */
  void ended(TxnId id) {
    Pursuit pursuit = pursuits.get(id);
    if (pursuit != null && !pursuit.running) {
      pursuits.remove(id);
    }
  }
}
