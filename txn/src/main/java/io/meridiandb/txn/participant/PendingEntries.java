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
 * Write sets whose versions may still appear at or above a known timestamp: what this leader has
 * appended and not applied yet, and, in another instance, what is prepared. A read at {@code t}
 * waits for those at or below {@code t} that meet its ranges, and for nothing else (protocol C4).
 */
final class PendingEntries {
  /** One write set. */
  static final class Pending {
    final Timestamp timestamp;
    final List<Key> keys;
    final List<KeyRange> ranges;
    private final List<Runnable> settled = new ArrayList<>(0);

    private Pending(Timestamp timestamp, List<Key> keys, List<KeyRange> ranges) {
      this.timestamp = timestamp;
      this.keys = keys;
      this.ranges = ranges;
    }

    /** Runs {@code task} once its versions are there, or never will be, or nobody leads here. */
    void whenApplied(Runnable task) {
      settled.add(task);
    }

    /** What waits goes on: it looks again. */
    void settle() {
      List<Runnable> tasks = List.copyOf(settled);
      settled.clear();
      tasks.forEach(Runnable::run);
    }
  }

  private final NavigableMap<Key, Pending> byKey = new TreeMap<>();

  /** Those with ranges locked whole; there are never many. */
  private final Set<Pending> ranged = new LinkedHashSet<>();

  /** A write set of keys alone. */
  Pending add(Timestamp timestamp, List<Key> keys) {
    return add(timestamp, keys, List.of());
  }

  /**
   * Adds a write set, whose keys and ranges are locked exclusively as long as it is here.
   *
   * @param timestamp no version of it will be below
   */
  Pending add(Timestamp timestamp, List<Key> keys, List<KeyRange> ranges) {
    Pending pending = new Pending(timestamp, keys, ranges);
    for (Key key : keys) {
      Pending other = byKey.put(key, pending);
      Invariants.check(other == null, "two unsettled transactions write %s", key);
    }
    if (!ranges.isEmpty()) {
      ranged.add(pending);
    }
    return pending;
  }

  /** It is here no longer; what waits for it is not told yet. */
  void drop(Pending pending) {
    for (Key key : pending.keys) {
      byKey.remove(key, pending);
    }
    ranged.remove(pending);
  }

  /** It was applied: what waits for it may go on. */
  void remove(Pending pending) {
    drop(pending);
    pending.settle();
  }

  /** The leader has stepped down: what waits goes on, and sees that. */
  void dissolve() {
    Set<Pending> all = all();
    byKey.clear();
    ranged.clear();
    all.forEach(Pending::settle);
  }

  /** What waits looks again, though nothing has ended. */
  void wake() {
    all().forEach(Pending::settle);
  }

  private Set<Pending> all() {
    Set<Pending> all = new LinkedHashSet<>(byKey.values());
    all.addAll(ranged);
    return all;
  }

  /** A write set at or below {@code at} that meets the ranges, or null. */
  @Nullable Pending conflict(List<KeyRange> within, Timestamp at) {
    if (byKey.isEmpty() && ranged.isEmpty()) {
      return null;
    }
    for (KeyRange range : within) {
      Pending found = conflict(range, at);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** A write set at or below {@code at} that meets the range, or null. */
  @Nullable Pending conflict(KeyRange range, Timestamp at) {
    for (Pending each : ranged) {
      if (!each.timestamp.isAfter(at) && each.ranges.stream().anyMatch(range::overlaps)) {
        return each;
      }
    }
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
