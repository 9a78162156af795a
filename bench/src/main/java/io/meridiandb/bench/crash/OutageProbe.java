package io.meridiandb.bench.crash;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client that updates one row again and again and notes how long it waited at most between two
 * acknowledgements: the outage as it is seen by somebody who writes.
 */
final class OutageProbe implements AutoCloseable {
  private static final int QUERY_TIMEOUT_SECONDS = 30;
  private static final long RETRY_MILLIS = 10;

  private final String url;
  private final String update;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private final Thread thread;
  private volatile long lastNanos = System.nanoTime();

  /** What the client was told, and when, since {@link #reset}. */
  private final Queue<String> told = new ConcurrentLinkedQueue<>();

  private volatile Wait longest = new Wait(Instant.EPOCH, Duration.ZERO);

  /** From an acknowledgement to the next one. */
  record Wait(Instant from, Duration length) {}

  /** Begins at once. */
  OutageProbe(String name, String url, String update) {
    this.url = url;
    this.update = update;
    this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
  }

  private void run() {
    while (!stop.get()) {
      try (Connection connection = DriverManager.getConnection(url);
          PreparedStatement statement = connection.prepareStatement(update)) {
        statement.setQueryTimeout(QUERY_TIMEOUT_SECONDS);
        while (!stop.get()) {
          statement.executeUpdate();
          acknowledged(System.nanoTime());
          acknowledged.incrementAndGet();
        }
      } catch (SQLException e) {
        told.add(Instant.now() + " " + e.getSQLState() + " " + e.getMessage());
        pause();
      }
    }
  }

  private void acknowledged(long now) {
    Duration waited = Duration.ofNanos(now - lastNanos);
    if (waited.compareTo(longest.length()) > 0) {
      longest = new Wait(Instant.now().minus(waited), waited);
    }
    longestNanos.accumulateAndGet(waited.toNanos(), Math::max);
    lastNanos = now;
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /** Forgets the longest wait so far. */
  void reset() {
    longestNanos.set(0);
    longest = new Wait(Instant.EPOCH, Duration.ZERO);
    told.clear();
  }

  /** The longest wait that has ended since {@link #reset}. */
  Wait longest() {
    return longest;
  }

  /** The errors since {@link #reset}, with their times. */
  List<String> told() {
    return List.copyOf(told);
  }

  /** The longest wait since {@link #reset}, the one that still lasts included, in milliseconds. */
  long longestMillis() {
    return Math.max(longestNanos.get(), System.nanoTime() - lastNanos) / 1_000_000;
  }

  @Override
  public void close() {
    stop.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
