package io.meridiandb.sql.exec;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.jspecify.annotations.Nullable;

/**
 * What one query holds in memory (rows being sorted, hash tables, rows to be written), by estimate.
 * Used by the query's fiber alone.
 */
public final class MemoryAccount implements AutoCloseable {
  /** A query's share unless it is told otherwise. */
  public static final long BYTES_DEFAULT = 256L << 20;

  /** Bytes are taken from the pool in such steps, so that it is not touched for each row. */
  private static final long STEP_BYTES = 1L << 20;

  private static final long TUPLE_BYTES = 32;
  private static final long VALUE_BYTES = 24;

  private final MemoryPool pool;
  private final long bytesMax;
  private long used;
  private long reserved;

  /** An account of at most so many bytes out of a pool. */
  public MemoryAccount(MemoryPool pool, long bytesMax) {
    this.pool = pool;
    this.bytesMax = bytesMax;
  }

  /**
   * Counts bytes in.
   *
   * @throws MeridianException OUT_OF_MEMORY past the account's limit or at the end of the pool
   */
  public void reserve(long bytes) {
    used += bytes;
    if (used <= reserved) {
      return;
    }
    if (used > bytesMax) {
      throw new MeridianException(
          ErrorCode.OUT_OF_MEMORY,
          "the query needs more than its %d MiB of memory".formatted(bytesMax >> 20),
          "Sorts, joins and groupings are kept in memory: restrict the rows, or read in key order with LIMIT.",
          0,
          null);
    }
    long step = Math.max(Math.min(STEP_BYTES, bytesMax - reserved), used - reserved);
    if (!pool.tryReserve(step)) {
      throw new MeridianException(
          ErrorCode.OUT_OF_MEMORY,
          "the queries of this server need all its query memory",
          "Try again when other queries have ended.",
          0,
          null);
    }
    reserved += step;
  }

  /** Counts bytes out. */
  public void release(long bytes) {
    used -= bytes;
    Invariants.check(used >= 0, "a query gave back %d bytes more than it took", -used);
  }

  /** Bytes that are counted in now. */
  public long usedBytes() {
    return used;
  }

  /** Gives everything back. */
  @Override
  public void close() {
    pool.release(reserved);
    reserved = 0;
    used = 0;
  }

  /** What a tuple takes, roughly. */
  static long bytesOf(@Nullable Object[] tuple) {
    long bytes = TUPLE_BYTES;
    for (Object value : tuple) {
      bytes +=
          switch (value) {
            case null -> Long.BYTES;
            case String text -> VALUE_BYTES + text.length() + Long.BYTES;
            case byte[] binary -> VALUE_BYTES + binary.length;
            default -> VALUE_BYTES;
          };
    }
    return bytes;
  }
}
