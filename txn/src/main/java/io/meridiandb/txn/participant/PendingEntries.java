package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The write sets that this leader has appended and that are not applied yet. A read at {@code t}
 * waits for those at or below {@code t} that meet its ranges, and for nothing else (protocol C4).
 */
final class PendingEntries {
  /** One appended write set. */
  static final class Pending {
    final Timestamp timestamp;
    final List<Key> keys;
    private final List<Runnable> settled = new ArrayList<>(0);

    private Pending(Timestamp timestamp, List<Key> keys) {
      this.timestamp = timestamp;
      this.keys = keys;
    }

    /** Runs {@code task} once the entry is applied, or the leader has stepped down. */
    void whenApplied(Runnable task) {
      settled.add(task);
    }
  }

  private final NavigableMap<Key, Pending> byKey = new TreeMap<>();

  /** A write set was appended; its keys are locked exclusively until it is applied. */
  Pending add(Timestamp timestamp, List<Key> keys) {
    Pending pending = new Pending(timestamp, keys);
    for (Key key : keys) {
      Pending other = byKey.put(key, pending);
      Invariants.check(other == null, "two unapplied entries write %s", key);
    }
    return pending;
  }

  /** It was applied: what waits for it may go on. */
  void remove(Pending pending) {
    for (Key key : pending.keys) {
      byKey.remove(key, pending);
    }
    List.copyOf(pending.settled).forEach(Runnable::run);
  }

  /** The leader has stepped down: what waits goes on, and sees that. */
  void dissolve() {
    Set<Pending> all = new LinkedHashSet<>(byKey.values());
    byKey.clear();
    for (Pending pending : all) {
      List.copyOf(pending.settled).forEach(Runnable::run);
    }
  }

  /** An unapplied write set at or below {@code at} within the ranges, or null. */
  @Nullable Pending conflict(List<KeyRange> ranges, Timestamp at) {
    if (byKey.isEmpty()) {
      return null;
    }
    for (KeyRange range : ranges) {
      Pending found = conflict(range, at);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** An unapplied write set at or below {@code at} within the range, or null. */
  @Nullable Pending conflict(KeyRange range, Timestamp at) {
    Key end = range.end();
    for (Map.Entry<Key, Pending> entry : byKey.tailMap(range.start(), true).entrySet()) {
      if (end != null && entry.getKey().compareTo(end) >= 0) {
        return null;
      }
      if (!entry.getValue().timestamp.isAfter(at)) {
        return entry.getValue();
      }
    }
    return null;
  }
}
