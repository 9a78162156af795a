package io.meridiandb.kernel.time;

import io.meridiandb.kernel.check.Invariants;

/**
 * What {@code TT.now()} returns: an interval that surely contains absolute time at some moment of
 * the call (Spanner OSDI'12, table 1).
 *
 * @param earliest absolute time is not before this
 * @param latest absolute time is not after this
 */
public record TTInterval(Timestamp earliest, Timestamp latest) {
  public TTInterval {
    Invariants.check(!earliest.isAfter(latest), "earliest %s after latest %s", earliest, latest);
  }

  /** Half the width, in nanoseconds: the paper's ε. */
  public long epsilonNanos() {
    return (latest.nanos() - earliest.nanos()) / 2;
  }
}
