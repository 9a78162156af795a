package io.meridiandb.paxos.replica;

import io.meridiandb.paxos.core.DurablePoint;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Batches on their way to the log, with the messages that wait for them, in their order. */
final class Unforced {
  /** A batch that the log has not confirmed yet. */
  record Batch(DurablePoint point, List<Outgoing> sends) {}

  private final Deque<Batch> batches = new ArrayDeque<>();

  /** A batch goes to the log; {@code sends} go out once it is durable. */
  void add(DurablePoint point, List<Outgoing> sends) {
    batches.addLast(new Batch(point, new ArrayList<>(sends)));
  }

  /** Whether {@code sends} may go now; otherwise they go with the last batch. */
  boolean free(List<Outgoing> sends) {
    if (batches.isEmpty()) {
      return true;
    }
    batches.getLast().sends().addAll(sends);
    return false;
  }

  /** The oldest batch is durable. */
  Batch forced() {
    return batches.removeFirst();
  }
}
