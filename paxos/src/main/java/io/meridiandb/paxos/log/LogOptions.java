package io.meridiandb.paxos.log;

import io.meridiandb.kernel.check.Invariants;

/**
 * Sizes of a server's log.
 *
 * @param segmentBytes size of a segment file; a batch that does not fit gets a larger one
 * @param cacheBytes payload bytes of recent entries kept in memory for followers that lag a little
 */
public record LogOptions(int segmentBytes, long cacheBytes) {
  /** Smallest segment, in bytes. */
  public static final int SEGMENT_BYTES_MIN = 4 << 10;

  /** What a server uses: segments of 64 MiB, 16 MiB of recent entries. */
  public static final LogOptions DEFAULT = new LogOptions(64 << 20, 16 << 20);

  /** For universes in one JVM and for tests: segments of 1 MiB, 1 MiB of recent entries. */
  public static final LogOptions SMALL = new LogOptions(1 << 20, 1 << 20);

  /**
   * At most so much of the disk, in bytes, is kept for the time when it is full: promises, leases
   * and what was under way still become durable. Hundreds of thousands of promises fit.
   */
  public static final int RESERVE_BYTES_MAX = 16 << 20;

  public LogOptions {
    Invariants.check(segmentBytes >= SEGMENT_BYTES_MIN, "log segments of %s bytes", segmentBytes);
  }

  /** The reserve of a log with these options, in bytes. */
  int reserveBytes() {
    return Math.min(segmentBytes, RESERVE_BYTES_MAX);
  }
}
