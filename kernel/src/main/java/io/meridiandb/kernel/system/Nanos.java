package io.meridiandb.kernel.system;

import java.time.Duration;

/** Durations as nanoseconds; what is too long for a long means "for ever" (73 years). */
final class Nanos {
  private static final long FOR_EVER = Long.MAX_VALUE / 4;
  private static final long FOR_EVER_SECONDS = FOR_EVER / 1_000_000_000L;

  private Nanos() {}

  static long of(Duration duration) {
    if (duration.isNegative()) {
      return 0;
    }
    return duration.toSeconds() >= FOR_EVER_SECONDS ? FOR_EVER : duration.toNanos();
  }
}
