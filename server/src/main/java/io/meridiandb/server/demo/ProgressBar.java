package io.meridiandb.server.demo;

import java.io.PrintWriter;

/**
 * A bar that fills while rows are loaded; on something that is no terminal, a line for each tenth.
 */
final class ProgressBar implements DemoData.Progress {
  private static final int WIDTH = 40;

  private final PrintWriter out;
  private final boolean terminal;
  private final long startNanos;
  private int shown = -1;

  ProgressBar(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.startNanos = System.nanoTime();
  }

  @Override
  public void rows(long done, long all) {
    double seconds = Math.max(1, System.nanoTime() - startNanos) / 1e9;
    int steps = terminal ? WIDTH : 10;
    int filled = (int) (done * steps / all);
    if (filled == shown && done < all) {
      return;
    }
    shown = filled;
    String numbers =
        "%,d of %,d rows, %.1f s, %,.0f rows/s".formatted(done, all, seconds, done / seconds);
    if (terminal) {
      String bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
      out.print("\r   " + bar + " " + numbers + (done == all ? "\n" : ""));
    } else {
      out.println("   " + numbers);
    }
    out.flush();
  }
}
