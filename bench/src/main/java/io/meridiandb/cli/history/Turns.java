package io.meridiandb.cli.history;

import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.Surroundings;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread runs at a time, as fibers do in a simulated universe; who waits for a server's answer
 * or pauses lets others run. So workloads need to know nothing of threads.
 */
final class Turns implements Surroundings {
  private final ReentrantLock turn = new ReentrantLock(true);

  /** Runs something when it is its turn. */
  <T extends @Nullable Object> T taking(Supplier<T> body) {
    turn.lock();
    try {
      return body.get();
    } finally {
      turn.unlock();
    }
  }

  /** A way to a server, on which the driver waits without holding the turn. */
  Connector over(Connector way) {
    return new Connector() {
      @Override
      public FrameChannel connect(FrameChannel.Listener listener) {
        return way.connect(listener);
      }

      @Override
      public Surroundings surroundings() {
        return Turns.this;
      }

      @Override
      public String toString() {
        return way.toString();
      }
    };
  }

  @Override
  public long nanoTime() {
    return SYSTEM.nanoTime();
  }

  @Override
  public long randomLong() {
    return SYSTEM.randomLong();
  }

  @Override
  public <T> @Nullable T take(BlockingQueue<T> queue, long nanos) throws InterruptedException {
    turn.unlock();
    try {
      return SYSTEM.take(queue, nanos);
    } finally {
      turn.lock();
    }
  }

  @Override
  public boolean pause(long millis) {
    turn.unlock();
    try {
      return SYSTEM.pause(millis);
    } finally {
      turn.lock();
    }
  }
}
