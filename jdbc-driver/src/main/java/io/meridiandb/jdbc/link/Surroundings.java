package io.meridiandb.jdbc.link;

import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The time, the randomness and the waiting of the driver: the machine's, or those of a simulated
 * universe in which the driver lives. Callable from any thread.
 */
public interface Surroundings {
  /** Those of the machine. */
  Surroundings SYSTEM =
      new Surroundings() {
        private final SecureRandom random = new SecureRandom();

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public long randomLong() {
          return random.nextLong();
        }

        @Override
        public <T> @Nullable T take(BlockingQueue<T> queue, long nanos)
            throws InterruptedException {
          return nanos < 0 ? queue.take() : queue.poll(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public boolean pause(long millis) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
          return !Thread.currentThread().isInterrupted();
        }
      };

  /** Like {@link System#nanoTime}: only differences mean anything. */
  long nanoTime();

  /** 64 random bits, which nobody can guess where that matters. */
  long randomLong();

  /**
   * Waits for the next element of a queue.
   *
   * @param nanos how long at most; negative is for ever
   * @return the element, or null if the time is over
   * @throws InterruptedException if the thread was interrupted
   */
  <T> @Nullable T take(BlockingQueue<T> queue, long nanos) throws InterruptedException;

  /** Waits for so long; false if the thread was interrupted. */
  boolean pause(long millis);
}
