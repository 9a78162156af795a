package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A queue of tasks, each run by an event of its own: in order within the strand, mixed by the seed
 * with whatever else happens at the same instant.
 */
final class SimulatedStrand implements Strand {
  private final Incarnation home;
  private final String name;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean scheduled;

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
    OneTimer timer = new OneTimer(task);
    timer.event =
        home.world()
            .queue()
            .post(SimulatedWorld.nanos(delay), "timer " + name, home, () -> execute(timer));
    return timer;
  }

  private static final class OneTimer implements Timer, Runnable {
    private final Runnable task;
    private EventQueue.@org.jspecify.annotations.Nullable Event event;
    private boolean cancelled;

    OneTimer(Runnable task) {
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (event != null) {
        event.cancel();
      }
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
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
    Runnable task = tasks.remove();
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
