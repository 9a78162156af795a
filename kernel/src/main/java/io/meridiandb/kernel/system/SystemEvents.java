package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Events go to a {@link System.Logger}. In one second at most {@value #LINES_PER_SECOND} lines of
 * one source are written, and at most {@value #SAME_LINES_PER_SECOND} of one shape (a message
 * without its digits), so that a flood of one message does not drown another of the same source;
 * what was left out is told with the source's next line and counted in {@code log.dropped}.
 * Counters are kept for {@code /metrics}.
 */
public final class SystemEvents implements Events {
  /** Lines in one second of one source. */
  public static final int LINES_PER_SECOND = 10;

  /** Lines in one second of one source and shape. */
  public static final int SAME_LINES_PER_SECOND = 5;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final String server;
  private final System.Logger logger;
  private final LongSupplier nanoTime;
  private final ConcurrentSkipListMap<String, LongAdder> counters = new ConcurrentSkipListMap<>();
  private final Map<String, Budget> budgets = new ConcurrentHashMap<>();

  /**
   * Events of one server.
   *
   * @param server begins every line
   */
  public SystemEvents(String server, System.Logger logger) {
    this(server, logger, System::nanoTime);
  }

  SystemEvents(String server, System.Logger logger, LongSupplier nanoTime) {
    this.server = server;
    this.logger = logger;
    this.nanoTime = nanoTime;
  }

  /** What one source may still write in the running second. */
  private static final class Budget {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> shapes = new TreeMap<>();
    private long secondStart;
    private int used;
    private long left;

    Budget(long now) {
      secondStart = now;
    }

    /** How many lines were left out before this one; -1 if this one is left out too. */
    long take(String shape, long now) {
      lock.lock();
      try {
        if (now - secondStart >= NANOS_PER_SECOND) {
          secondStart = now;
          used = 0;
          shapes.clear();
        }
        int same = shapes.getOrDefault(shape, 0);
        if (used >= LINES_PER_SECOND || same >= SAME_LINES_PER_SECOND) {
          left++;
          return -1;
        }
        used++;
        shapes.put(shape, same + 1);
        long before = left;
        left = 0;
        return before;
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void event(Level level, String source, String message) {
    write(System.Logger.Level.valueOf(level.name()), source, message, null);
  }

  @Override
  public void failure(String source, String message, Throwable cause) {
    count("failures", 1);
    write(System.Logger.Level.ERROR, source, message, cause);
  }

  private void write(
      System.Logger.Level level, String source, String message, @Nullable Throwable cause) {
    if (!logger.isLoggable(level)) {
      return;
    }
    long now = nanoTime.getAsLong();
    Budget budget = budgets.computeIfAbsent(source, name -> new Budget(now));
    long left = budget.take(shape(level, message), now);
    if (left < 0) {
      count("log.dropped", 1);
      return;
    }
    String more = left == 0 ? "" : " (and " + left + " lines left out before)";
    String line = "[" + server + "] " + source + ": " + message + more;
    if (cause == null) {
      logger.log(level, line);
    } else {
      logger.log(level, line, cause);
    }
  }

  private static String shape(System.Logger.Level level, String message) {
    StringBuilder shape = new StringBuilder(level.name());
    message.chars().filter(c -> c < '0' || c > '9').forEach(c -> shape.append((char) c));
    return shape.toString();
  }

  @Override
  public void count(String counter, long delta) {
    counters.computeIfAbsent(counter, name -> new LongAdder()).add(delta);
  }

  /** All counters as they stand, sorted by name. */
  public SortedMap<String, Long> counters() {
    SortedMap<String, Long> snapshot = new TreeMap<>();
    counters.forEach((name, value) -> snapshot.put(name, value.sum()));
    return snapshot;
  }
}
