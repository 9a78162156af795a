package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a leader has begun and not ended: commits, and prepares until their vote is chosen. */
final class UnderWay {
  /** Most that wait for locks or for the log at once. */
  static final int MAX = 20_000;

  /** One transaction's commit or prepare, from its request to its answer. */
  abstract static class Work {
    final TxnId id;
    private final List<Runnable> ended = new ArrayList<>(0);

    Work(TxnId id) {
      this.id = id;
    }

    /** Gives an answer that is not the end of the transaction: the leader has stepped down. */
    abstract void answer(Refusal refusal);
  }

  private final Strand strand;
  private final TreeMap<TxnId, Work> works = new TreeMap<>();

  UnderWay(Strand strand) {
    this.strand = strand;
  }

  boolean isFull() {
    return works.size() >= MAX;
  }

  @Nullable Work find(TxnId id) {
    return works.get(id);
  }

  /** Whether this work has not ended. */
  boolean has(Work work) {
    return works.get(work.id) == work;
  }

  void begin(Work work) {
    Work before = works.put(work.id, work);
    Invariants.check(before == null, "%s is under way twice", work.id);
  }

  /** It has ended: who waits for that goes on in later tasks of the strand. */
  void end(Work work) {
    if (works.remove(work.id, work)) {
      work.ended.forEach(strand::execute);
    }
  }

  /** Runs {@code task} when none of the attempts is under way any more; false if none is now. */
  boolean whenEnded(TxnId first, TxnId last, Runnable task) {
    for (Work work : works.subMap(first, true, last, true).values()) {
      work.ended.add(task);
      return true;
    }
    return false;
  }

  /** The leader has stepped down. */
  void dissolve(Refusal notLeader) {
    List<Work> all = List.copyOf(works.values());
    works.clear();
    for (Work work : all) {
      work.answer(notLeader);
      work.ended.forEach(strand::execute);
    }
  }
}
