package io.meridiandb.bench.load;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The figures of one run.
 *
 * @param workload its name
 * @param product the database and its version
 * @param clients connections that worked at the same time
 * @param seconds how long was measured
 * @param latencies of the operations that succeeded, in nanoseconds, waits for retries included
 * @param counts what else was counted
 */
public record LoadResult(
    String workload,
    String product,
    int clients,
    double seconds,
    Histogram latencies,
    Counts counts) {
  private static final double NANOS_PER_MICRO = 1_000;

  /**
   * What else was counted.
   *
   * @param retries operations that were run again after 40001
   * @param clientCpuNanos CPU of this process
   * @param serverCpuNanos CPU of the servers; negative if it is not known
   * @param warmUpSeconds how long the load ran before it was measured
   */
  public record Counts(
      long retries, long clientCpuNanos, long serverCpuNanos, double warmUpSeconds) {}

  /** Operations in a second. */
  public double operationsPerSecond() {
    return latencies.getTotalCount() / seconds;
  }

  /** One line of JSON; the keys are the same for every benchmark. */
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"workload\":\"%s\",\"product\":\"%s\",\"isolation\":\"serializable\",\"clients\":%d,"
            + "\"seconds\":%.1f,\"operations\":%d,\"opsPerSecond\":%.1f,\"p50Micros\":%.1f,"
            + "\"p95Micros\":%.1f,\"p99Micros\":%.1f,\"maxMicros\":%.1f,"
            + "\"cpuMicrosPerOp\":{\"client\":%s,\"servers\":%s},\"retries\":%d,\"warmUpSeconds\":%.1f}",
        workload,
        product.replace("\"", "'"),
        clients,
        seconds,
        latencies.getTotalCount(),
        operationsPerSecond(),
        percentile(50),
        percentile(95),
        percentile(99),
        latencies.getMaxValue() / NANOS_PER_MICRO,
        perOperation(counts.clientCpuNanos()),
        perOperation(counts.serverCpuNanos()),
        counts.retries(),
        counts.warmUpSeconds());
  }

  private double percentile(double percent) {
    return latencies.getValueAtPercentile(percent) / NANOS_PER_MICRO;
  }

  private String perOperation(long nanos) {
    if (nanos < 0 || latencies.getTotalCount() == 0) {
      return "null";
    }
    return String.format(Locale.ROOT, "%.1f", nanos / NANOS_PER_MICRO / latencies.getTotalCount());
  }
}
