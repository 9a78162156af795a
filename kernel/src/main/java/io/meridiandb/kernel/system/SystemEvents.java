package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Events go to a {@link System.Logger}, at most {@value #LINES_PER_SECOND} a second from one
 * source; what was left out is told with the next line. Counters are kept for {@code /metrics}.
 */
public final class SystemEvents implements Events {
  /** Lines in one second of one source and level; more are counted, not written. */
  public static final int LINES_PER_SECOND = 20;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final String server;
  private final System.Logger logger;
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final Map<String, Budget> budgets = new ConcurrentHashMap<>();

  /**
   * Events of one server.
   *
   * @param server begins every line
   */
  public SystemEvents(String server, System.Logger logger) {
    this.server = server;
    this.logger = logger;
  }

  /** Lines of one source that may still be written in the running second. */
  private static final class Budget {
    private final AtomicLong second = new AtomicLong();
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong left = new AtomicLong();

    /** Whether one more line may be written now. */
    boolean take() {
      long now = System.nanoTime() / NANOS_PER_SECOND;
      long before = second.getAndSet(now);
      if (before != now) {
        used.set(0);
      }
      boolean mayWrite = used.incrementAndGet() <= LINES_PER_SECOND;
      if (!mayWrite) {
        left.incrementAndGet();
      }
      return mayWrite;
    }
  }

  @Override
  public void event(Level level, String source, String message) {
    System.Logger.Level to = System.Logger.Level.valueOf(level.name());
    if (logger.isLoggable(to)) {
      Budget budget = budget(source + level);
      if (budget.take()) {
        logger.log(to, line(source, message, budget.left.getAndSet(0)));
      }
    }
  }

  @Override
  public void failure(String source, String message, Throwable cause) {
    count("failures", 1);
    Budget budget = budget(source);
    if (budget.take()) {
      logger.log(System.Logger.Level.ERROR, line(source, message, budget.left.getAndSet(0)), cause);
    }
  }

  @Override
  public void count(String counter, long delta) {
    counters.computeIfAbsent(counter, name -> new LongAdder()).add(delta);
  }

  /** All counters, sorted by name: a snapshot. */
  public Map<String, Long> counters() {
    Map<String, Long> snapshot = new TreeMap<>();
    counters.forEach((name, value) -> snapshot.put(name, value.sum()));
    return snapshot;
  }

  private Budget budget(String key) {
    return budgets.computeIfAbsent(key, name -> new Budget());
  }

  private String line(String source, String message, long left) {
    String more = left == 0 ? "" : " (and " + left + " lines left out before)";
    return "[" + server + "] " + source + ": " + message + more;
  }
}
