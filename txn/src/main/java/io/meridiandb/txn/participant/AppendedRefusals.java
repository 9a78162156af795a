package io.meridiandb.txn.participant;

import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.RefusedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** REFUSED entries that this leader has appended and that are not applied, and who waits. */
final class AppendedRefusals {
  private final Leadership leadership;

  /** By attempt; attempt 0 stands for the whole sequence. */
  private final TreeMap<TxnId, List<Runnable>> waiting = new TreeMap<>();

  AppendedRefusals(Leadership leadership) {
    this.leadership = leadership;
  }

  /**
   * Runs {@code task} once the refusal of this attempt or of its sequence is applied, or is lost;
   * false if none is under way.
   */
  boolean whenApplied(TxnId id, Runnable task) {
    List<Runnable> of = waiting.get(sequenceOf(id));
    if (of == null) {
      of = waiting.get(id);
    }
    if (of == null) {
      return false;
    }
    of.add(task);
    return true;
  }

  /** The first attempt that an id could have: it stands for the sequence. */
  static TxnId sequenceOf(TxnId id) {
    return new TxnId(id.sessionHigh(), id.sessionLow(), id.sequence(), 0);
  }

  /** The last attempt that an id could have. */
  static TxnId lastOf(TxnId id) {
    return new TxnId(id.sessionHigh(), id.sessionLow(), id.sequence(), Integer.MAX_VALUE);
  }

  /**
   * Appends a refusal; the caller has seen that nothing of the attempt is prepared or under way.
   *
   * @param id attempt 0 for the whole sequence
   * @param again runs when it is applied, or lost
   */
  void append(TxnId id, Runnable again) {
    List<Runnable> of = new ArrayList<>(1);
    of.add(again);
    waiting.put(id, of);
    RefusedEntry.Builder entry =
        RefusedEntry.newBuilder()
            .setSessionHigh(id.sessionHigh())
            .setSessionLow(id.sessionLow())
            .setSequence(id.sequence())
            .setAttempt(id.attempt());
    CompletableFuture<Long> chosen =
        leadership
            .context
            .replication()
            .propose(at -> GroupEntries.encode(entry.setAtNanos(at.nanos()).build()));
    chosen.whenComplete((index, error) -> {
      if (error != null && waiting.remove(id, of)) {
        of.forEach(task -> leadership.context.strand().schedule(Log.RETRY, task));
      }
    });
  }

  /** The refusal is applied on this replica. */
  void applied(RefusedEntry entry) {
    TxnId id =
        new TxnId(
            entry.getSessionHigh(), entry.getSessionLow(), entry.getSequence(), entry.getAttempt());
    List<Runnable> of = waiting.remove(id);
    if (of != null) {
      of.forEach(Runnable::run);
    }
  }

  /** The leader has stepped down: who waits is told so when its task runs. */
  void dissolve() {
    List<List<Runnable>> all = List.copyOf(waiting.values());
    waiting.clear();
    all.forEach(of -> of.forEach(Runnable::run));
  }
}
