package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A queue of tasks, each run by an event of its own: in order within the strand, mixed by the seed
 * with whatever else happens at the same instant. A timer's event runs its task itself, unless
 * others wait already.
 */
final class SimulatedStrand implements Strand {
  private final Incarnation home;
  private final String name;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<OneTimer> timers = new PriorityQueue<>();
  private boolean scheduled;
  private long timersMade;

  SimulatedStrand(Incarnation home, String name) {
    this.home = home;
    this.name = name;
  }

  @Override
  public void execute(Runnable task) {
    home.world().checkTurn();
    if (home.alive()) {
      tasks.add(task);
      scheduleNext();
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    home.world().checkTurn();
    long nanos = Math.max(0, SimulatedWorld.nanos(delay));
    OneTimer timer = new OneTimer(home.world().queue().now() + nanos, ++timersMade, task);
    timers.add(timer);
    timer.event = home.world().queue().post(nanos, "timer " + name, home, this::fireEarliest);
    return timer;
  }

  /** One event a timer; which event is whose does not matter, so equal ones keep their order. */
  private void fireEarliest() {
    OneTimer earliest = timers.peek();
    while (earliest != null && earliest.at <= home.world().queue().now()) {
      timers.remove();
      if (!earliest.cancelled) {
        earliest.fired = true;
        if (scheduled) {
          tasks.add(earliest);
        } else {
          perform(earliest);
        }
        return;
      }
      earliest = timers.peek();
    }
  }

  private static final class OneTimer implements Timer, Runnable, Comparable<OneTimer> {
    private final long at;
    private final long number;
    private final Runnable task;
    private EventQueue.@Nullable Event event;
    private boolean cancelled;
    private boolean fired;

    OneTimer(long at, long number, Runnable task) {
      this.at = at;
      this.number = number;
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (event != null && !fired) {
        event.cancel();
      }
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public int compareTo(OneTimer other) {
      int order = Long.compare(at, other.at);
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  @Override
  public boolean isCurrent() {
    return home.world().currentStrand() == this;
  }

  private void scheduleNext() {
    if (!scheduled && !tasks.isEmpty()) {
      scheduled = true;
      home.world().queue().post(0, "task " + name, home, this::runOne);
    }
  }

  private void runOne() {
    scheduled = false;
    perform(tasks.remove());
  }

  private void perform(Runnable task) {
    home.world().enterStrand(this);
    try {
      task.run();
    } catch (RuntimeException e) {
      home.events().failure("strand." + name, "a task failed", e);
    } finally {
      home.world().enterStrand(null);
    }
    scheduleNext();
  }

  @Override
  public String toString() {
    return home + " " + name;
  }
}
