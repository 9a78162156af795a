package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.kernel.strand.Futures;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Fibers as virtual threads. */
final class SystemFibers implements Fibers, AutoCloseable {
  private final String server;
  private final Events events;
  private final FatalErrors fatal;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  SystemFibers(String server, Events events, FatalErrors fatal) {
    this.server = server;
    this.events = events;
    this.fatal = fatal;
  }

  @Override
  public void start(String name, Runnable body) {
    if (closed) {
      events.count("fiber.dropped", 1);
      return;
    }
    Thread.ofVirtual().name(server + "/" + name).start(() -> run(name, body));
  }

  private void run(String name, Runnable body) {
    Thread self = Thread.currentThread();
    running.add(self);
    try {
      if (!closed) {
        body.run();
      }
    } catch (ServerClosedException e) {
      events.count("fiber.closed", 1);
    } catch (Throwable thrown) {
      FatalErrors.escaped(fatal, events, "fiber." + name, thrown);
    } finally {
      running.remove(self);
    }
  }

  @Override
  public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout) {
    if (!future.isDone()) {
      waitFor(future, timeout);
    }
    return Futures.result(future);
  }

  private void waitFor(CompletableFuture<?> future, Duration timeout) {
    mayBlock();
    Thread self = Thread.currentThread();
    future.whenComplete((value, failure) -> LockSupport.unpark(self));
    if (!park(future, timeout)) {
      throw new AwaitTimeoutException(
          "%s waited %d ms in vain".formatted(self.getName(), timeout.toMillis()));
    }
  }

  @Override
  public void sleep(Duration duration) {
    mayBlock();
    if (park(new CompletableFuture<@Nullable Void>(), duration)) {
      throw new IllegalStateException("nobody completes this future");
    }
  }

  /**
   * Waits until {@code future} is done or the time is over; returns whether it is done. By parking
   * and not by an interruptible wait, because an interrupt closes the file that its thread uses.
   */
  private boolean park(CompletableFuture<?> future, Duration timeout) {
    long end = System.nanoTime() + Nanos.of(timeout);
    while (!future.isDone()) {
      if (closed) {
        throw new ServerClosedException(server);
      }
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      LockSupport.parkNanos(this, left);
    }
    return true;
  }

  private void mayBlock() {
    if (EventLoop.onNonBlockingLoop()) {
      throw new IllegalStateException(
          "a strand must not wait: " + Thread.currentThread().getName());
    }
    if (closed) {
      throw new ServerClosedException(server);
    }
  }

  /** Wakes all fibers: whatever they wait for fails with {@link ServerClosedException}. */
  @Override
  public void close() {
    closed = true;
    running.forEach(LockSupport::unpark);
  }
}
