package io.meridiandb.truetime;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * The TrueTime API (Spanner OSDI'12, table 1). Callable from any thread. A result is stale the
 * moment it is returned: after any step that may block, ask again.
 */
public interface TrueTime {
  /** An interval that surely contains absolute time at some moment of this call. */
  TTInterval now();

  /**
   * What {@link #now} would answer, without a trace that it was asked: for whoever watches a server
   * from outside and must not change how it goes on. No server may rely upon it.
   */
  default TTInterval peek() {
    return now();
  }

  /** Whether {@code t} has surely passed. */
  default boolean after(Timestamp t) {
    return now().earliest().isAfter(t);
  }

  /** Whether {@code t} has surely not come yet. */
  default boolean before(Timestamp t) {
    return now().latest().isBefore(t);
  }

  /**
   * Why this clock must not be relied upon, as far as the last {@link #now} has found out; null
   * while all is well. A server whose clock has a fault leads nothing and votes for nobody
   * (protocol C1, G10).
   */
  default @Nullable String fault() {
    return null;
  }

  /** Where the time comes from, as the configuration names it. */
  default String source() {
    return "simulated";
  }
}
