package io.meridiandb.simulator.cli;

import io.meridiandb.simulator.Report;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How far a sweep is, for people who wait. */
final class SweepProgress {
  private static final int LINE_EVERY_SEEDS = 10;

  private final @Nullable PrintWriter lines;
  private final long seeds;
  private final long begun = System.nanoTime();
  private long done;
  private long skipped;
  private long transactions;
  private long failed;
  private double simulatedSeconds;

  /** Says it on {@code lines}; null says nothing. */
  SweepProgress(@Nullable PrintWriter lines, long seeds) {
    this.lines = lines;
    this.seeds = seeds;
  }

  /** A seed was run before, with this line of JSON. */
  void skipped(String line) {
    skipped++;
    failed += SweepTotals.hasViolations(line) ? 1 : 0;
  }

  void done(Report report) {
    done++;
    transactions += report.transactions();
    failed += report.violations().isEmpty() ? 0 : 1;
    simulatedSeconds += report.simulatedSeconds();
    PrintWriter out = lines;
    if (out != null && (done % LINE_EVERY_SEEDS == 0 || done + skipped == seeds)) {
      Duration real = Duration.ofNanos(System.nanoTime() - begun);
      out.printf(
          "%d of %d seeds, %.2f simulated hours (%.1fx real time), %d transactions, %d seeds with violations%n",
          done + skipped,
          seeds,
          simulatedSeconds / 3600,
          simulatedSeconds / Math.max(1e-9, real.toMillis() / 1e3),
          transactions,
          failed);
      out.flush();
    }
  }
}
