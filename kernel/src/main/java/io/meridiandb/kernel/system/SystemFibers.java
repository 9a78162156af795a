package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.kernel.strand.Futures;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
      events.count("fiber.interrupted", 1);
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
    try {
      future.get(Nanos.of(timeout), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      // The caller takes the failure out of the future itself, unwrapped.
      events.count("fiber.await-failed", 1);
    } catch (TimeoutException e) {
      throw new AwaitTimeoutException(
          "%s waited %d ms in vain"
              .formatted(Thread.currentThread().getName(), timeout.toMillis()));
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  @Override
  public void sleep(Duration duration) {
    mayBlock();
    try {
      TimeUnit.NANOSECONDS.sleep(Nanos.of(duration));
    } catch (InterruptedException e) {
      throw interrupted();
    }
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

  private ServerClosedException interrupted() {
    // Kept set, so that whatever the fiber waits for on its way out does not hold it up either.
    Thread.currentThread().interrupt();
    return new ServerClosedException(server);
  }

  /** Wakes all fibers: whatever they wait for fails with {@link ServerClosedException}. */
  @Override
  public void close() {
    closed = true;
    running.forEach(Thread::interrupt);
  }
}
