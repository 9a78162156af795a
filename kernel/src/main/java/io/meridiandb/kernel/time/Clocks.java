package io.meridiandb.kernel.time;

/**
 * The raw clocks of one server. Only TrueTime sources derive timestamps from them; other code may
 * use {@link #bootNanos} to measure how long something took.
 */
public interface Clocks {
  /**
   * Nanoseconds since the kernel booted, suspended time included (CLOCK_BOOTTIME); never steps.
   * Readings of one boot are comparable between processes of one host.
   */
  long bootNanos();

  /** The host's wall clock, nanoseconds since the epoch; may step. */
  long wallNanos();

  /** The identity of the kernel's boot: equal ids mean one shared {@link #bootNanos} clock. */
  String bootId();
}
