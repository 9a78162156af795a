package io.meridiandb.bench.replication;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What one run of {@link LogLoad} gave.
 *
 * @param commands chosen in the measured time
 * @param p50Nanos half of them took at most this
 * @param p99Nanos all but a hundredth took at most this
 * @param maxNanos the slowest
 */
record LogFigures(long commands, long p50Nanos, long p99Nanos, long maxNanos) {
  static LogFigures of(Histogram latencies) {
    return new LogFigures(
        latencies.getTotalCount(),
        latencies.getValueAtPercentile(50),
        latencies.getValueAtPercentile(99),
        latencies.getMaxValue());
  }

  /** As one process tells another. */
  String line() {
    return "%d %d %d %d".formatted(commands, p50Nanos, p99Nanos, maxNanos);
  }

  static LogFigures parse(String line) {
    String[] words = line.split(" ", -1);
    return new LogFigures(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]));
  }

  /** The part of a line of JSON that tells of throughput and latency. */
  String json(long seconds) {
    return String.format(
        Locale.ROOT,
        "\"commands\":%d,\"commandsPerSecond\":%.0f,\"p50Micros\":%.1f,\"p99Micros\":%.1f,"
            + "\"maxMicros\":%.1f",
        commands,
        commands / (double) seconds,
        p50Nanos / 1e3,
        p99Nanos / 1e3,
        maxNanos / 1e3);
  }
}
