package io.meridiandb.truetime;

import io.meridiandb.kernel.time.Clocks;

/**
 * Ties absolute time to one boot of one host for all servers of a universe on it: absolute time is
 * CLOCK_BOOTTIME plus an offset that all of them share (protocol G10). It is minted once for each
 * boot and kept beside the universe's configuration.
 *
 * @param bootId the boot it holds for
 * @param offsetNanos what to add to {@link Clocks#bootNanos}, in nanoseconds
 */
public record HostAnchor(String bootId, long offsetNanos) {

  /** An anchor by the host's wall clock, as it stands now. */
  public static HostAnchor mint(Clocks clocks) {
    return new HostAnchor(clocks.bootId(), clocks.wallNanos() - clocks.bootNanos());
  }

  /** Whether the anchor was made in the boot that {@code clocks} run in. */
  public boolean holdsFor(Clocks clocks) {
    return bootId.equals(clocks.bootId());
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  public static HostAnchor parse(String text) {
    int blank = text.indexOf(' ');
    if (blank <= 0) {
      throw malformed(text);
    }
    try {
      return new HostAnchor(
          text.substring(0, blank), Long.parseLong(text.substring(blank + 1).strip()));
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "a host anchor is a boot id, a blank and a number of nanoseconds, not: " + text);
  }

  @Override
  public String toString() {
    return bootId + " " + offsetNanos;
  }
}
