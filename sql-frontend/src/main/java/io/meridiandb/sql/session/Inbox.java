package io.meridiandb.sql.session;

import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.wire.proto.ClientFrame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for the session's fiber, in order. Filled from any thread, emptied by one
 * fiber.
 */
final class Inbox {
  /** A client that sends more requests ahead than this is cut off. */
  static final int REQUESTS_MAX = 10_000;

  private static final Duration IDLE = Duration.ofHours(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<ClientFrame> frames = new ArrayDeque<>();
  private CompletableFuture<Boolean> arrival = new CompletableFuture<>();
  private boolean closed;

  /** Adds a request; false if there are too many. */
  boolean put(ClientFrame frame) {
    CompletableFuture<Boolean> waiting;
    lock.lock();
    try {
      if (frames.size() >= REQUESTS_MAX) {
        return false;
      }
      frames.add(frame);
      waiting = arrival;
    } finally {
      lock.unlock();
    }
    waiting.complete(true);
    return true;
  }

  /** Lets the fiber end when it has taken what is there. */
  void close() {
    CompletableFuture<Boolean> waiting;
    lock.lock();
    try {
      closed = true;
      frames.clear();
      waiting = arrival;
    } finally {
      lock.unlock();
    }
    waiting.complete(true);
  }

  /** The next request; waits for it; null once the connection has ended. */
  @Nullable ClientFrame take(Fibers fibers) {
    while (true) {
      CompletableFuture<Boolean> waiting;
      lock.lock();
      try {
        ClientFrame next = frames.poll();
        if (next != null || closed) {
          return next;
        }
        if (arrival.isDone()) {
          arrival = new CompletableFuture<>();
        }
        waiting = arrival;
      } finally {
        lock.unlock();
      }
      if (!arrived(fibers, waiting)) {
        continue;
      }
    }
  }

  /** Whether something came; an idle client is no error, its session waits on. */
  private static boolean arrived(Fibers fibers, CompletableFuture<Boolean> waiting) {
    try {
      return fibers.await(waiting, IDLE);
    } catch (AwaitTimeoutException e) {
      return false;
    }
  }
}
