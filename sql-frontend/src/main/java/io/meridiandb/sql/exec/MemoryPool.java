package io.meridiandb.sql.exec;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all queries of a server share. Callable from any thread. */
public final class MemoryPool {
  private final long bytesMax;
  private final AtomicLong used = new AtomicLong();

  /** A pool of so many bytes. */
  public MemoryPool(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes bytes out of the pool; false, and nothing is taken, if there are not so many. */
  boolean tryReserve(long bytes) {
    if (used.addAndGet(bytes) > bytesMax) {
      used.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /** Bytes that queries hold now. */
  public long usedBytes() {
    return used.get();
  }
}
