package io.meridiandb.simulator.check;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The largest timestamp that had been acknowledged by each moment of true time. */
final class RealTimeOrder {
  /** Moments that are kept; a transaction that began before the oldest is compared with that. */
  private static final int MOMENTS_MAX = 1 << 16;

  /** Largest timestamp returned up to that moment; values grow with the moments. */
  private final NavigableMap<Long, Long> acknowledged = new TreeMap<>();

  /** A transaction has returned; in any order. */
  void returned(long moment, long timestamp) {
    Map.Entry<Long, Long> before = acknowledged.floorEntry(moment);
    if (before != null && before.getValue() >= timestamp) {
      return;
    }
    acknowledged.put(moment, timestamp);
    Map.Entry<Long, Long> after = acknowledged.higherEntry(moment);
    while (after != null && after.getValue() <= timestamp) {
      acknowledged.remove(after.getKey());
      after = acknowledged.higherEntry(moment);
    }
    if (acknowledged.size() > MOMENTS_MAX) {
      acknowledged.pollFirstEntry();
    }
  }

  /** The largest timestamp among transactions that returned before {@code moment}. */
  long returnedBefore(long moment) {
    Map.Entry<Long, Long> entry = acknowledged.lowerEntry(moment);
    return entry == null ? Long.MIN_VALUE : entry.getValue();
  }
}
