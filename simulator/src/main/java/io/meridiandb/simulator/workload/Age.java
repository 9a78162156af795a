package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import java.time.Duration;
import java.util.List;

/**
 * How old what a query reads may be.
 *
 * @param exactly whether it is just as old; otherwise it is at most so old
 */
record Age(boolean exactly, Duration age) {
  private static final List<Integer> MILLIS = List.of(20, 100, 500, 1_000, 3_000, 8_000);

  static Age draw(RandomSource random) {
    Duration age = Duration.ofMillis(MILLIS.get(random.nextInt(MILLIS.size())));
    return new Age(random.chance(1, 2), age);
  }

  /** Stands behind the table's name. */
  String clause() {
    return exactly
        ? " AS OF SYSTEM TIME '-%dms'".formatted(age.toMillis())
        : " AS OF SYSTEM TIME with_max_staleness('%dms')".formatted(age.toMillis());
  }

  /**
   * Whether a read may have been at a timestamp.
   *
   * @param invoked when it was asked for, in true time
   * @param returned when it was answered
   * @param slack how far the clock of the server that it was asked of may have been off
   */
  boolean allows(long timestamp, long invoked, long returned, long slack) {
    long oldest = invoked - age.toNanos() - slack;
    long newest = exactly ? returned - age.toNanos() + slack : returned + slack;
    return timestamp >= oldest && timestamp <= newest;
  }
}
