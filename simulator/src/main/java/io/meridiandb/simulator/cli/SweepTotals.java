package io.meridiandb.simulator.cli;

import io.meridiandb.kernel.simulated.FaultCounts.Count;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often each kind of fault fired and mattered in all seeds of a sweep. */
final class SweepTotals {
  private static final Pattern COUNT =
      Pattern.compile("\"([a-z.-]+)\":\\{\"fired\":(\\d+),\"mattered\":(\\d+)}");

  private final Map<String, Count> totals = new TreeMap<>();
  private long seeds;
  private long failed;

  /** Takes a seed's line of JSON, of this sweep or of one that was stopped. */
  void add(String line) {
    seeds++;
    failed += hasViolations(line) ? 1 : 0;
    Matcher match = COUNT.matcher(line);
    while (match.find()) {
      Count before = totals.getOrDefault(match.group(1), new Count(0, 0));
      long fired = before.fired() + Long.parseLong(match.group(2));
      long mattered = before.mattered() + Long.parseLong(match.group(3));
      totals.put(match.group(1), new Count(fired, mattered));
    }
  }

  /** Whether a seed's line of JSON has any. */
  static boolean hasViolations(String line) {
    return !line.endsWith("\"violations\":[]}");
  }

  /** Seeds with violations, of this sweep or of one that was stopped. */
  long failed() {
    return failed;
  }

  /** Says them, a line a kind, and how many kinds mattered at all. */
  void print(PrintWriter out) {
    totals.forEach((kind, count) ->
        out.printf("%-28s fired %8d  mattered %8d%n", kind, count.fired(), count.mattered()));
    long mattered = totals.values().stream().filter(count -> count.mattered() > 0).count();
    out.printf(
        "%d seeds, %d with violations; %d kinds of fault, %d of them mattered%n",
        seeds, failed, totals.size(), mattered);
    out.flush();
  }
}
