package io.meridiandb.kernel.simulated;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread that runs only while the queue's thread has handed the turn to it, and hands it
 * back whenever it waits or ends.
 */
final class SimulatedFiber {
  private final Incarnation home;
  private final String name;
  private final Runnable body;
  private final Baton turn = new Baton();
  private @Nullable Thread thread;
  private @Nullable Object waiting;
  private boolean ended;

  SimulatedFiber(Incarnation home, String name, Runnable body) {
    this.home = home;
    this.name = name;
    this.body = body;
  }

  Incarnation home() {
    return home;
  }

  void start() {
    home.add(this);
    home.world().queue().post(0, "fiber " + name, home, this::resume);
  }

  /** Parks the calling fiber until {@code future} is done, the time is over or the server dies. */
  void waitFor(CompletableFuture<?> future, long timeoutNanos) {
    Object wait = new Object();
    waiting = wait;
    EventQueue.Event timeout =
        home.world().queue().post(timeoutNanos, "timeout " + name, home, () -> wake(wait));
    future.whenComplete((value, failure) -> wake(wait));
    home.world().giveTurnBack();
    turn.take();
    timeout.cancel();
  }

  private void wake(Object wait) {
    home.world().checkTurn();
    if (waiting == wait) {
      waiting = null;
      home.world().queue().post(0, "fiber " + name, home, this::resume);
    }
  }

  /** Ends the fiber after its server's crash: wakes it if it waits, forgets it if it never ran. */
  void kill() {
    waiting = null;
    if (thread == null) {
      home.remove(this);
    } else if (home.world().currentFiber() != this) {
      home.world().queue().post(0, "unwind " + name, null, this::resume);
    }
  }

  private void resume() {
    if (ended) {
      return;
    }
    Thread running = thread;
    if (running == null) {
      running = Thread.ofVirtual().name(home + " " + name).unstarted(this::run);
      thread = running;
      running.start();
    }
    home.world().handTurnTo(this, running, turn);
  }

  private void run() {
    turn.take();
    try {
      body.run();
    } catch (ServerCrashed e) {
      home.world().fiberUnwound();
    } catch (RuntimeException e) {
      home.events().failure("fiber." + name, "a fiber ended by an exception", e);
    } catch (Throwable e) {
      home.world().fail(e);
    } finally {
      ended = true;
      home.remove(this);
      home.world().giveTurnBack();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
