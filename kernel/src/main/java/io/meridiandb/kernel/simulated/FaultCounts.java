package io.meridiandb.kernel.simulated;

import java.util.Map;
import java.util.TreeMap;

/**
 * How often each kind of fault fired, and how often it mattered: reached something that would have
 * gone otherwise without it. A kind that never mattered tests nothing.
 */
public final class FaultCounts {
  /** Counts of one kind. */
  public record Count(long fired, long mattered) {
    private Count plus(Count other) {
      return new Count(fired + other.fired, mattered + other.mattered);
    }
  }

  private final Map<String, Count> counts = new TreeMap<>();

  /** A fault of this kind was done. */
  public void fired(String kind) {
    counts.merge(kind, new Count(1, 0), Count::plus);
  }

  /** A fault of this kind changed what happened. */
  public void mattered(String kind) {
    counts.merge(kind, new Count(0, 1), Count::plus);
  }

  /** All counts, by kind. */
  public Map<String, Count> counts() {
    return new TreeMap<>(counts);
  }
}
