package io.meridiandb.truetime.masters;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The interval that several clocks give together though some of them lie (Marzullo and Owicki,
 * "Maintaining the time in a distributed system", 1983).
 *
 * <p>Of {@code n} intervals at most {@code f} do not hold the time, so it lies where at least
 * {@code n - f} of them overlap; the result reaches from the first such moment to the last. The
 * smaller piece with the <em>most</em> overlap, which NTP takes, is better on average and wrong for
 * good when a liar sits at the edge of the honest ones.
 */
public final class Marzullo {
  private Marzullo() {}

  /**
   * Where the time is.
   *
   * @param intervals what the clocks say of one moment
   * @param liars how many of them may be wrong
   * @return empty if no moment is in enough of them: more lie than that
   */
  public static Optional<TTInterval> agree(List<TTInterval> intervals, int liars) {
    int needed = intervals.size() - liars;
    if (needed < 1) {
      return Optional.empty();
    }
    List<Timestamp> begins = new ArrayList<>();
    List<Timestamp> ends = new ArrayList<>();
    for (TTInterval interval : intervals) {
      if (holding(intervals, interval.earliest()) >= needed) {
        begins.add(interval.earliest());
      }
      if (holding(intervals, interval.latest()) >= needed) {
        ends.add(interval.latest());
      }
    }
    if (begins.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TTInterval(
            begins.stream().min(Timestamp::compareTo).orElseThrow(),
            ends.stream().max(Timestamp::compareTo).orElseThrow()));
  }

  /** Whether {@code interval} proves its clock a liar: it does not meet what was agreed on. */
  public static boolean liar(TTInterval interval, TTInterval agreed) {
    return interval.earliest().isAfter(agreed.latest())
        || interval.latest().isBefore(agreed.earliest());
  }

  private static int holding(List<TTInterval> intervals, Timestamp t) {
    int holding = 0;
    for (TTInterval interval : intervals) {
      holding += interval.earliest().isAfter(t) || interval.latest().isBefore(t) ? 0 : 1;
    }
    return holding;
  }
}
