package io.meridiandb.truetime;

/** How far clocks drift apart while nobody looks. */
public final class Drift {
  /** 200 µs a second (Spanner OSDI'12, section 3). */
  public static final long PARTS_PER_MILLION = 200;

  private static final long MILLION = 1_000_000;

  private Drift() {}

  /** How far a clock may have drifted in {@code nanos}, rounded up. */
  public static long of(long nanos) {
    return (nanos / MILLION + 1) * PARTS_PER_MILLION;
  }
}
