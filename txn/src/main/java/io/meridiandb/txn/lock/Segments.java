package io.meridiandb.txn.lock;

import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The key space cut into disjoint segments, each with the transactions that lock all of it. Keys in
 * no segment are unlocked. A segment is a run of keys, not of rows, so gaps are locked too and a
 * shared lock on a scanned range keeps phantoms out.
 */
final class Segments {
  private static final class Segment {
    final Key start;
    @Nullable Key end;
    final Map<Holder, LockMode> holders;

    Segment(Key start, @Nullable Key end, Map<Holder, LockMode> holders) {
      this.start = start;
      this.end = end;
      this.holders = holders;
    }

    boolean endsAfter(Key key) {
      return end == null || end.compareTo(key) > 0;
    }
  }

  private final NavigableMap<Key, Segment> byStart = new TreeMap<>();

  /** How many segments there are: a measure of memory. */
  int count() {
    return byStart.size();
  }

  /** Whether {@code holder} already has all of {@code range} in this mode or a stronger one. */
  boolean covers(Holder holder, KeyRange range, LockMode mode) {
    Key from = range.start();
    while (range.end() == null || from.compareTo(range.end()) < 0) {
      Segment segment = at(from);
      if (segment == null) {
        return false;
      }
      LockMode held = segment.holders.get(holder);
      if (held == null || held.compareTo(mode) < 0) {
        return false;
      }
      if (segment.end == null) {
        return true;
      }
      from = segment.end;
    }
    return true;
  }

  /** Names everybody but {@code self} whose locks in {@code range} stand against {@code mode}. */
  void conflicts(Holder self, KeyRange range, LockMode mode, Consumer<Holder> into) {
    for (Segment segment : overlapping(range)) {
      segment.holders.forEach((holder, held) -> {
        if (holder != self && (held == LockMode.EXCLUSIVE || mode == LockMode.EXCLUSIVE)) {
          into.accept(holder);
        }
      });
    }
  }

  /** What each holder has: disjoint ranges in the order of keys, as few as can be. */
  Map<Holder, List<LockWish>> held() {
    Map<Holder, List<LockWish>> held = new LinkedHashMap<>();
    for (Segment segment : byStart.values()) {
      KeyRange range = new KeyRange(segment.start, segment.end);
      segment.holders.forEach((holder, mode) ->
          append(held.computeIfAbsent(holder, key -> new ArrayList<>(1)), range, mode));
    }
    return held;
  }

  private static void append(List<LockWish> to, KeyRange range, LockMode mode) {
    LockWish last = to.isEmpty() ? null : to.getLast();
    Key end = last == null || last.mode() != mode ? null : last.range().end();
    if (last != null && end != null && range.start().equals(end)) {
      to.set(to.size() - 1, new LockWish(new KeyRange(last.range().start(), range.end()), mode));
    } else {
      to.add(new LockWish(range, mode));
    }
  }

  /** Adds the lock; the caller has seen that nothing stands against it. */
  void add(Holder holder, KeyRange range, LockMode mode) {
    cut(range.start());
    if (range.end() != null) {
      cut(range.end());
    }
    Key from = range.start();
    for (Segment segment : overlapping(range)) {
      if (from.compareTo(segment.start) < 0) {
        put(from, segment.start, holder, mode);
      }
      segment.holders.merge(holder, mode, (a, b) -> a.compareTo(b) >= 0 ? a : b);
      if (segment.end == null) {
        return;
      }
      from = segment.end;
    }
    if (range.end() == null || from.compareTo(range.end()) < 0) {
      put(from, range.end(), holder, mode);
    }
  }

  /** Takes all locks of {@code holder} in {@code range} away and joins what need not be apart. */
  void remove(Holder holder, KeyRange range) {
    for (Segment segment : overlapping(range)) {
      if (segment.holders.remove(holder) == null) {
        continue;
      }
      if (segment.holders.isEmpty()) {
        byStart.remove(segment.start);
      } else {
        join(joinWithPrevious(segment));
      }
    }
  }

  private void join(Segment segment) {
    Map.Entry<Key, Segment> after = byStart.higherEntry(segment.start);
    if (after != null) {
      joinWithPrevious(after.getValue());
    }
  }

  private Segment joinWithPrevious(Segment segment) {
    Map.Entry<Key, Segment> before = byStart.lowerEntry(segment.start);
    if (before == null) {
      return segment;
    }
    Segment previous = before.getValue();
    if (previous.end == null
        || !segment.start.equals(previous.end)
        || !previous.holders.equals(segment.holders)) {
      return segment;
    }
    previous.end = segment.end;
    byStart.remove(segment.start);
    return previous;
  }

  private void put(Key start, @Nullable Key end, Holder holder, LockMode mode) {
    Map<Holder, LockMode> holders = new LinkedHashMap<>(2);
    holders.put(holder, mode);
    byStart.put(start, new Segment(start, end, holders));
  }

  /** Makes {@code key} a boundary if it lies inside a segment. */
  private void cut(Key key) {
    Segment segment = at(key);
    if (segment != null && !segment.start.equals(key)) {
      byStart.put(key, new Segment(key, segment.end, new LinkedHashMap<>(segment.holders)));
      segment.end = key;
    }
  }

  private @Nullable Segment at(Key key) {
    Map.Entry<Key, Segment> entry = byStart.floorEntry(key);
    return entry != null && entry.getValue().endsAfter(key) ? entry.getValue() : null;
  }

  private List<Segment> overlapping(KeyRange range) {
    List<Segment> found = new ArrayList<>(2);
    Segment first = at(range.start());
    if (first != null) {
      found.add(first);
    }
    NavigableMap<Key, Segment> rest =
        range.end() == null
            ? byStart.tailMap(range.start(), first == null)
            : byStart.subMap(range.start(), first == null, range.end(), false);
    for (Segment segment : rest.values()) {
      if (segment != first) {
        found.add(segment);
      }
    }
    return found;
  }
}
