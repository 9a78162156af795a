package io.meridiandb.bench.load;

import java.time.Duration;
import java.util.List;

/**
 * How a workload is run.
 *
 * @param url the JDBC URL
 * @param clients connections that work at the same time
 * @param warmUp how long to work before measuring: at least, and at most until the CPU of an
 *     operation stands still
 * @param measured how long to measure
 * @param servers processes of the servers, whose CPU is counted with their children's
 */
public record LoadPlan(
    String url, int clients, WarmUp warmUp, Duration measured, List<Long> servers) {
  /**
   * A virtual machine compiles what it runs often, on the same cores: before that is over, figures
   * say more of the compiler than of the database. So the load goes on until two windows in a row
   * cost the same CPU an operation.
   *
   * @param least how long to warm up in any case
   * @param most when to give up waiting; equal to {@code least} for a fixed time
   */
  public record WarmUp(Duration least, Duration most) {
    /** How long one window is. */
    static final Duration WINDOW = Duration.ofSeconds(3);

    /** Two windows whose costs differ by less than this part are equal. */
    static final double STEADY = 0.08;

    /** Until the CPU of an operation stands still, a minute at most. */
    public static final WarmUp STEADY_STATE =
        new WarmUp(WINDOW.multipliedBy(2), Duration.ofSeconds(60));

    /** For a fixed time. */
    public static WarmUp fixed(Duration length) {
      return new WarmUp(length, length);
    }

    /** Whether the costs of two windows, the earlier one first, are the same. */
    static boolean steady(double before, double now) {
      return Math.abs(now - before) <= STEADY * before;
    }
  }

  /** Copies the list. */
  public LoadPlan {
    servers = List.copyOf(servers);
  }
}
