package io.meridiandb.kernel.strand;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Threads for ordinary blocking code: SQL execution, sessions, jobs. In production virtual threads;
 * in simulation threads of which exactly one runs at a time, handed over by the simulator's queue.
 *
 * <p>A fiber waits only through this interface. It must not hold a lock while it waits.
 */
public interface Fibers {
  /**
   * Starts {@code body} on a new fiber; callable from any thread. An exception that escapes is
   * reported as an event.
   */
  void start(String name, Runnable body);

  /**
   * Waits until {@code future} is complete.
   *
   * @param timeout how long to wait at most
   * @return its value
   * @throws AwaitTimeoutException if {@code timeout} passes first; the future itself is left alone
   * @throws RuntimeException the future's own failure, unwrapped; a checked one is wrapped in
   *     {@link java.util.concurrent.CompletionException}
   * @throws IllegalStateException if the caller is not a fiber (in simulation)
   */
  <T extends @org.jspecify.annotations.Nullable Object> T await(
      CompletableFuture<T> future, Duration timeout);

  /** Waits for {@code duration}. */
  void sleep(Duration duration);
}
