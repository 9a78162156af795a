package io.meridiandb.spanserver.tablet;

import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set of keys made of ranges: sorted, disjoint, and no two touch. What was wiped is such a set: a
 * layer of a tablet hides it, and the rest of the tablet need not know.
 *
 * @param ranges in order
 */
record RangeSet(List<KeyRange> ranges) {
  static final RangeSet EMPTY = new RangeSet(List.of());

  /** Versions of a source from one key on to before another, or that backwards. */
  interface Source {
    Iterator<Map.Entry<VersionedKey, byte[]>> range(
        VersionedKey from, @Nullable VersionedKey to, boolean reverse);
  }

  private record Span(VersionedKey from, @Nullable VersionedKey to) {}

  RangeSet {
    ranges = List.copyOf(ranges);
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** This set and {@code range}. */
  RangeSet plus(KeyRange range) {
    if (range.isEmpty()) {
      return this;
    }
    List<KeyRange> result = new ArrayList<>();
    KeyRange grown = range;
    for (KeyRange each : ranges) {
      if (touch(each, grown)) {
        grown = hull(each, grown);
      } else {
        result.add(each);
      }
    }
    result.add(grown);
    result.sort((a, b) -> a.start().compareTo(b.start()));
    return new RangeSet(result);
  }

  private static boolean touch(KeyRange a, KeyRange b) {
    Key endA = a.end();
    Key endB = b.end();
    return (endB == null || a.start().compareTo(endB) <= 0)
        && (endA == null || b.start().compareTo(endA) <= 0);
  }

  private static KeyRange hull(KeyRange a, KeyRange b) {
    Key start = a.start().compareTo(b.start()) <= 0 ? a.start() : b.start();
    Key endA = a.end();
    Key endB = b.end();
    if (endA == null || endB == null) {
      return new KeyRange(start, null);
    }
    return new KeyRange(start, endA.compareTo(endB) >= 0 ? endA : endB);
  }

  boolean contains(byte[] key) {
    return !ranges.isEmpty() && covering(Key.of(key)) != null;
  }

  /** Whether every key from {@code first} to {@code last}, both included, is in it. */
  boolean containsAll(Key first, Key last) {
    KeyRange found = covering(first);
    return found != null && found.contains(last);
  }

  private @Nullable KeyRange covering(Key key) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      KeyRange range = ranges.get(middle);
      if (key.compareTo(range.start()) < 0) {
        high = middle - 1;
      } else if (range.contains(key)) {
        return range;
      } else {
        low = middle + 1;
      }
    }
    return null;
  }

  /** What of {@code range} is not in the set, in order. */
  List<KeyRange> gapsIn(KeyRange range) {
    List<KeyRange> gaps = new ArrayList<>();
    Key at = range.start();
    for (KeyRange each : ranges) {
      if (!each.overlaps(new KeyRange(at, range.end()))) {
        continue;
      }
      if (at.compareTo(each.start()) < 0) {
        gaps.add(new KeyRange(at, each.start()));
      }
      Key end = each.end();
      if (end == null) {
        return gaps;
      }
      at = end;
    }
    if (!new KeyRange(at, range.end()).isEmpty()) {
      gaps.add(new KeyRange(at, range.end()));
    }
    return gaps;
  }

  /** The versions of {@code source} whose keys are not in the set. */
  Iterator<Map.Entry<VersionedKey, byte[]>> without(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse, Source source) {
    if (ranges.isEmpty()) {
      return source.range(from, to, reverse);
    }
    List<Span> spans = spans(from, to);
    if (reverse) {
      Collections.reverse(spans);
    }
    return new Chain<>(spans.iterator(), span -> source.range(span.from(), span.to(), reverse));
  }

  /** {@code from} and {@code to} may stand between two versions of a key. */
  private List<Span> spans(VersionedKey from, @Nullable VersionedKey to) {
    List<Span> spans = new ArrayList<>();
    VersionedKey at = from;
    for (KeyRange each : ranges) {
      VersionedKey start = VersionedKey.before(each.start());
      Key endKey = each.end();
      VersionedKey end = endKey == null ? null : VersionedKey.before(endKey);
      if (to != null && start.compareTo(to) >= 0) {
        break;
      }
      if (end != null && end.compareTo(at) <= 0) {
        continue;
      }
      if (at.compareTo(start) < 0) {
        spans.add(new Span(at, start));
      }
      if (end == null) {
        return spans;
      }
      at = end;
    }
    if (to == null || at.compareTo(to) < 0) {
      spans.add(new Span(at, to));
    }
    return spans;
  }
}
