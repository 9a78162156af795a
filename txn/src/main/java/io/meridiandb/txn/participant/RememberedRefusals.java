package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.Refusal;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commits that this leader has said no to. A no is final (protocol G12): if the same request
 * arrives once more, late and when its conditions happen to hold, it must not commit what the
 * client was told is aborted. Another leader refuses it by its epoch, and what was refused is not
 * handed over ({@link LockTransfers}). What is forgotten for want of room is refused by when it
 * began.
 */
final class RememberedRefusals {
  /** Most refusals remembered, about 300 bytes each. */
  static final int REFUSALS_MAX = 50_000;

  private record Entry(Refusal refusal, Timestamp commitStart) {}

  private final int max;
  private final Map<TxnId, Entry> entries = new LinkedHashMap<>();
  private Timestamp forgottenThrough = Timestamp.MIN;

  RememberedRefusals() {
    this(REFUSALS_MAX);
  }

  RememberedRefusals(int max) {
    this.max = max;
  }

  void remember(TxnId id, Timestamp commitStart, Refusal refusal) {
    entries.put(id, new Entry(refusal, commitStart));
    Iterator<Entry> oldestFirst = entries.values().iterator();
    while (entries.size() > max) {
      forgottenThrough = Timestamp.max(forgottenThrough, oldestFirst.next().commitStart);
      oldestFirst.remove();
    }
  }

  /** What this attempt was told, or must be told now; null if it was not refused. */
  @Nullable Refusal find(TxnId id, Timestamp commitStart) {
    Entry entry = entries.get(id);
    if (entry != null) {
      return entry.refusal;
    }
    return commitStart.isAfter(forgottenThrough) ? null : Refuse.aborted(id);
  }

  /** Whether this attempt was refused. */
  boolean has(TxnId id) {
    return entries.containsKey(id);
  }

  /** Of commits that began at or before it it is not known whether they were refused. */
  Timestamp forgottenThrough() {
    return forgottenThrough;
  }

  /** An earlier leader has forgotten so much, whose requests may still be honoured. */
  void forgotten(Timestamp through) {
    forgottenThrough = Timestamp.max(forgottenThrough, through);
  }

  /** Commits that began at or before it are refused for good by the group's horizon. */
  void prune(Timestamp horizon) {
    entries.values().removeIf(entry -> !entry.commitStart.isAfter(horizon));
  }
}
