package io.meridiandb.server.net;

import io.meridiandb.kernel.event.Events;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a server reports, and lets a test wait for it. */
final class RecordedEvents implements Events {
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<String> news = new LinkedBlockingQueue<>();
  private final ConcurrentMap<String, Long> counters = new ConcurrentHashMap<>();

  @Override
  public void event(Level level, String source, String message) {
    messages.add(message);
    news.add(message);
  }

  @Override
  public void failure(String source, String message, Throwable cause) {
    event(Level.ERROR, source, message + ": " + cause);
  }

  @Override
  public void count(String counter, long delta) {
    counters.merge(counter, delta, Long::sum);
  }

  long counter(String name) {
    return counters.getOrDefault(name, 0L);
  }

  /** The next message that contains {@code part}. */
  String awaitMessage(String part) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      String message = news.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (message == null) {
        throw new AssertionError("no message with \"" + part + "\" among " + messages);
      }
      if (message.contains(part)) {
        return message;
      }
    }
  }
}
