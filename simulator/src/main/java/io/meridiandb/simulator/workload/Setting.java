package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.simulator.universe.Tables;
import java.time.Duration;

/**
 * Where a run takes place: a simulated universe, or servers that really run. Its callers take
 * turns: while one runs, nobody else does.
 */
public interface Setting {
  /** Absolute time, as near as a client can know it. */
  Timestamp trueTime();

  /** How far off {@link #trueTime} may be, in nanoseconds; 0 if it is exact. */
  long errorNanos();

  /** How far the clocks of servers may be off, in nanoseconds. */
  long clockBoundNanos();

  /** Since the beginning. */
  Duration elapsed();

  /**
   * Something is not as it must be.
   *
   * @return the moment at which that was found, in words
   */
  default String found(String violation) {
    return elapsed().toString();
  }

  /** Random numbers of the run, by the name of what they are for. */
  RandomSource random(String name);

  /** The tables that workloads make. */
  Tables tables();
}
