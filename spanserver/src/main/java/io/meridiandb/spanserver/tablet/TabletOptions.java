package io.meridiandb.spanserver.tablet;

import java.time.Duration;

/**
 * When a tablet writes files.
 *
 * @param memtableBytes a memtable of this size is flushed
 * @param flushAfter a memtable is flushed when its first version is this old, so that an idle
 *     tablet does not hold the log back
 * @param runsMax this many runs of files are compacted
 * @param fileBytesMax a run is cut into files of about this size
 */
public record TabletOptions(
    long memtableBytes, Duration flushAfter, int runsMax, long fileBytesMax) {
  /** What a server uses. */
  public static final TabletOptions DEFAULT =
      new TabletOptions(64L << 20, Duration.ofMinutes(5), 5, 256L << 20);

  /** For universes in one JVM and for simulation. */
  public static final TabletOptions SMALL =
      new TabletOptions(4L << 20, Duration.ofSeconds(30), 5, 64L << 20);
}
