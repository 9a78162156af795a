package io.meridiandb.cli.history;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.universe.Tables;
import io.meridiandb.simulator.workload.Setting;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Servers that really run on this host by one clock. What that clock shows is learned from strong
 * reads: a read's timestamp lies between its request and its answer.
 */
final class RealSetting implements Setting {
  private static final int QUESTIONS = 40;

  private final LongSupplier nanos;
  private final RandomSource random;
  private final Tables tables = new Tables();
  private final long begun;
  private long offsetMin = Long.MIN_VALUE;
  private long offsetMax = Long.MAX_VALUE;

  /**
   * A setting whose clock is not yet known.
   *
   * @param nanos a clock that never steps
   */
  RealSetting(long seed, LongSupplier nanos) {
    this.nanos = nanos;
    this.random = new SeededRandom(seed);
    this.begun = nanos.getAsLong();
  }

  /**
   * Learns the time of the servers.
   *
   * @param query a strong read of one row
   * @throws IllegalStateException if their clock is none: it was ahead of one answer and behind
   *     another
   */
  void learnTime(SqlClient client, String query) throws SqlFailed, LinkLost {
    for (int i = 0; i < QUESTIONS; i++) {
      long asked = nanos.getAsLong();
      long read = client.execute(query).readNanos();
      long answered = nanos.getAsLong();
      offsetMin = Math.max(offsetMin, read - answered);
      offsetMax = Math.min(offsetMax, read - asked);
    }
    if (offsetMin > offsetMax) {
      throw new IllegalStateException(
          "the timestamps of strong reads do not fit one clock: they were at least %d ns beside it"
              .formatted(offsetMin - offsetMax));
    }
  }

  @Override
  public Timestamp trueTime() {
    return new Timestamp(nanos.getAsLong() + offsetMin + (offsetMax - offsetMin) / 2);
  }

  @Override
  public long errorNanos() {
    return 1 + (offsetMax - offsetMin) / 2;
  }

  /** All servers read the clock of this host. */
  @Override
  public long clockBoundNanos() {
    return 0;
  }

  @Override
  public Duration elapsed() {
    return Duration.ofNanos(nanos.getAsLong() - begun);
  }

  @Override
  public RandomSource random(String name) {
    return random.fork(name);
  }

  @Override
  public Tables tables() {
    return tables;
  }
}
