package io.meridiandb.server.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that insert rows without pause, and remember the longest time that any of them waited for
 * an acknowledgement: the outage as an application sees it.
 */
final class Writers implements AutoCloseable {
  private static final long RETRY_MILLIS = 20;
  private static final long IDS_A_MILLI = 1_000;
  private static final int QUERY_TIMEOUT_SECONDS = 30;

  private final String url;
  private final String insert;
  private final int rowsATransaction;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong rows = new AtomicLong();

  /** Rows of another run, however long ago, have smaller numbers. */
  private final AtomicLong nextId = new AtomicLong(System.currentTimeMillis() * IDS_A_MILLI);

  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile long measuredFrom = System.nanoTime();

  /**
   * Writers that have not begun.
   *
   * @param url the server they are connected to
   * @param insert a statement with one parameter, the row's number
   * @param rowsATransaction rows of one batch, which is one transaction
   */
  Writers(String url, String insert, int rowsATransaction) {
    this.url = url;
    this.insert = insert;
    this.rowsATransaction = rowsATransaction;
  }

  /** Begins with so many clients. */
  Writers start(int clients) {
    for (int i = 0; i < clients; i++) {
      threads.add(Thread.ofPlatform().name("writer-" + i).daemon().start(this::run));
    }
    return this;
  }

  private void run() {
    long[] last = {System.nanoTime()};
    while (!stop.get()) {
      try (Connection connection = DriverManager.getConnection(url);
          PreparedStatement statement = connection.prepareStatement(insert)) {
        statement.setQueryTimeout(QUERY_TIMEOUT_SECONDS);
        write(statement, last);
      } catch (SQLException e) {
        failures.incrementAndGet();
        pause();
      }
    }
  }

  private void write(PreparedStatement statement, long[] last) throws SQLException {
    while (!stop.get()) {
      try {
        for (int i = 0; i < rowsATransaction; i++) {
          statement.setLong(1, nextId.getAndIncrement());
          statement.addBatch();
        }
        statement.executeBatch();
        rows.addAndGet(rowsATransaction);
        long now = System.nanoTime();
        if (now - measuredFrom > 0) {
          longestNanos.accumulateAndGet(now - Math.max(last[0], measuredFrom), Math::max);
        }
        last[0] = now;
      } catch (SQLException e) {
        failures.incrementAndGet();
        statement.clearBatch();
        if (!statement.getConnection().isValid(1)) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on the longest wait is measured anew. */
  void measure() {
    measuredFrom = System.nanoTime();
    longestNanos.set(0);
  }

  /** The longest wait of any client since {@link #measure}, in nanoseconds. */
  long longestNanos() {
    return longestNanos.get();
  }

  /** Rows acknowledged in all. */
  long rows() {
    return rows.get();
  }

  /** Statements that failed and were run again. */
  long failures() {
    return failures.get();
  }

  /** Waits until {@code more} further rows were acknowledged; whether that happened in time. */
  boolean awaitRows(long more, long millisMax) throws InterruptedException {
    long wanted = rows.get() + more;
    long end = System.nanoTime() + millisMax * 1_000_000;
    while (rows.get() < wanted && System.nanoTime() - end < 0) {
      Thread.sleep(1);
    }
    return rows.get() >= wanted;
  }

  @Override
  public void close() {
    stop.set(true);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
