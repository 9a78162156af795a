package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.event.Events;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The events and counters of one server over all its lives; each is part of the trace. */
final class SimulatedEvents implements Events {
  private final SimulatedWorld world;
  private final String server;
  private final Map<String, Counter> counters = new LinkedHashMap<>();

  private static final class Counter {
    private long value;
  }

  SimulatedEvents(SimulatedWorld world, String server) {
    this.world = world;
    this.server = server;
  }

  /** The same events as one incarnation sees them: silent once it is dead. */
  Events of(Incarnation home) {
    return new Events() {
      @Override
      public void event(Level level, String source, String message) {
        if (home.alive()) {
          SimulatedEvents.this.event(level, source, message);
        }
      }

      @Override
      public void failure(String source, String message, Throwable cause) {
        if (home.alive()) {
          SimulatedEvents.this.failure(source, message, cause);
        }
      }

      @Override
      public void count(String counter, long delta) {
        if (home.alive()) {
          SimulatedEvents.this.count(counter, delta);
        }
      }
    };
  }

  /** A copy, sorted by name. */
  Map<String, Long> counters() {
    Map<String, Long> copy = new TreeMap<>();
    counters.forEach((name, counter) -> copy.put(name, counter.value));
    return copy;
  }

  @Override
  public void event(Level level, String source, String message) {
    world.checkTurn();
    record(level + " " + source + ": " + message);
  }

  @Override
  public void failure(String source, String message, Throwable cause) {
    world.checkTurn();
    record("FAILURE " + source + ": " + message + ": " + cause);
    world.failed(new SimulatedWorld.Failure(server, source, message, cause));
  }

  @Override
  public void count(String counter, long delta) {
    world.checkTurn();
    counters.computeIfAbsent(counter, name -> new Counter()).value += delta;
    world.trace().add(counter);
    world.trace().add(delta);
  }

  private void record(String text) {
    world.trace().add(server);
    world.trace().add(text);
    world.trace().line(world.queue().now(), () -> server + " " + text);
  }
}
