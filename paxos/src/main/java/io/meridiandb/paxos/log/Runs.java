package io.meridiandb.paxos.log;

import java.util.Map;
import java.util.TreeMap;

/** A value for each index, where neighbours mostly have the same: it is kept once a run. */
final class Runs<V> {
  /** By the first index of each run; the last one goes on to the end. */
  private final TreeMap<Long, V> byFirst = new TreeMap<>();

  /** The value of {@code index}. */
  V at(long index) {
    return byFirst.floorEntry(index).getValue();
  }

  /** The next one, and whatever follows until another value is added, has this value. */
  void add(long index, V value) {
    byFirst.tailMap(index, true).clear();
    Map.Entry<Long, V> before = byFirst.lastEntry();
    if (before == null || !before.getValue().equals(value)) {
      byFirst.put(index, value);
    }
  }

  /** Those {@code from..to}, which have values, get this one. */
  void set(long from, long to, V value) {
    V behind = at(to + 1);
    byFirst.subMap(from, true, to, true).clear();
    byFirst.put(from, value);
    byFirst.putIfAbsent(to + 1, behind);
  }

  /** Nothing up to {@code index} is asked for any more. */
  void cutPrefix(long index) {
    Long first = byFirst.floorKey(index + 1);
    if (first != null) {
      byFirst.headMap(first, false).clear();
    }
  }

  void clear() {
    byFirst.clear();
  }
}
