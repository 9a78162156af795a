package io.meridiandb.kernel.simulated;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who runs: the thread of the queue, or the one fiber to which it handed the turn. Both are virtual
 * threads, because the hand-over between two of them costs about a microsecond, and tens of them
 * where a platform thread takes part.
 */
final class Turns {
  private volatile Duration watchdog = Duration.ofMinutes(2);
  private final Baton queueTurn = new Baton();
  private volatile @Nullable Thread holder;
  private volatile @Nullable Throwable failure;
  private @Nullable Thread queueThread;
  private @Nullable SimulatedFiber currentFiber;

  void watchdog(Duration realTime) {
    watchdog = realTime;
  }

  /**
   * Calls {@code step} on a new thread of the queue until it returns false.
   *
   * @param progress a number that grows while the run gets on
   */
  void drive(String name, LongSupplier progress, BooleanSupplier step) {
    if (holder != null) {
      throw new IllegalStateException(
          "the world runs already: no run inside an event or a fiber, and one thread drives a world");
    }
    CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    Thread thread = Thread.ofVirtual().name(name).unstarted(() -> loop(step, ended));
    queueThread = thread;
    holder = thread;
    thread.start();
    watch(thread, progress);
    holder = null;
    currentFiber = null;
    Throwable thrown = ended.isCompletedExceptionally() ? ended.exceptionNow() : failure;
    failure = null;
    rethrow(thrown);
  }

  private void loop(BooleanSupplier step, CompletableFuture<@Nullable Void> ended) {
    try {
      while (failure == null && step.getAsBoolean()) {
        // each step is one event
      }
      ended.complete(null);
    } catch (Throwable e) {
      ended.completeExceptionally(e);
    }
  }

  private void watch(Thread thread, LongSupplier progress) {
    try {
      long seen = progress.getAsLong();
      while (!thread.join(watchdog)) {
        long now = progress.getAsLong();
        if (now == seen) {
          throw new IllegalStateException(stuck());
        }
        seen = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the run was interrupted", e);
    }
  }

  private String stuck() {
    Thread running = holder;
    StringBuilder text = new StringBuilder("no event ended for ").append(watchdog);
    text.append(" of real time; something blocks outside of Fibers, on ");
    if (running != null) {
      text.append(running.getName()).append(":");
      for (StackTraceElement frame : running.getStackTrace()) {
        text.append("\n    at ").append(frame);
      }
    }
    return text.toString();
  }

  private static void rethrow(@Nullable Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown != null) {
      throw new IllegalStateException(thrown);
    }
  }

  /** On the queue's thread: lets {@code fiber} run until it waits or ends. */
  void handTo(SimulatedFiber fiber, Thread thread, Baton turn) {
    currentFiber = fiber;
    holder = thread;
    turn.pass();
    queueTurn.take();
    holder = queueThread;
    currentFiber = null;
  }

  /** On a fiber: lets the queue's thread go on. */
  void giveBack() {
    queueTurn.pass();
  }

  @Nullable SimulatedFiber currentFiber() {
    return Thread.currentThread() == holder ? currentFiber : null;
  }

  /**
   * To be called by everything that touches the world.
   *
   * @throws IllegalStateException if the caller is a thread of its own, which no seed controls
   */
  void check() {
    Thread expected = holder;
    if (expected != null && Thread.currentThread() != expected) {
      IllegalStateException foreign =
          new IllegalStateException(
              "thread %s touches the simulated world out of turn; the turn is with %s"
                  .formatted(Thread.currentThread().getName(), expected.getName()));
      failure = foreign;
      throw foreign;
    }
  }

  void fail(Throwable thrown) {
    failure = thrown;
  }

  void forgetFailure() {
    failure = null;
  }
}
