package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that runs the tasks and timers of its strands: a queue that many threads
 * write and one reads, and a heap of timers that only the loop touches. Parks when idle.
 *
 * <p>Tasks of one strand keep their order because all strands of a loop share one queue.
 */
final class EventLoop implements AutoCloseable {
  /** Tasks run before the timers are looked at again, so that a flood of tasks delays no timer. */
  private static final int BATCH_TASKS_MAX = 64;

  /** Called-off timers that may lie about in the heap before they are swept out. */
  private static final int CANCELLED_TIMERS_MAX = 1024;

  private static final Duration CLOSE_WAIT_MAX = Duration.ofSeconds(5);

  /** A task and the strand it belongs to. */
  private record Work(@Nullable LoopStrand strand, Runnable task) {}

  private final Thread thread;
  private final boolean blocking;
  private final Events events;
  private final FatalErrors fatal;
  private final Queue<Work> inbox = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<LoopTimer> timers = new PriorityQueue<>();
  private final AtomicInteger cancelledTimers = new AtomicInteger();
  private volatile boolean parked;
  private volatile boolean closing;
  private @Nullable LoopStrand current;
  private long timersMade;

  private EventLoop(String name, boolean blocking, Events events, FatalErrors fatal) {
    this.blocking = blocking;
    this.events = events;
    this.fatal = fatal;
    this.thread = new LoopThread(this, name);
  }

  /**
   * Starts a loop.
   *
   * @param blocking whether its tasks may block
   */
  static EventLoop start(String name, boolean blocking, Events events, FatalErrors fatal) {
    EventLoop loop = new EventLoop(name, blocking, events, fatal);
    loop.thread.start();
    return loop;
  }

  /** Whether the caller runs on a loop whose tasks must not block. */
  static boolean onNonBlockingLoop() {
    return Thread.currentThread() instanceof LoopThread loopThread && !loopThread.loop.blocking;
  }

  /** A new strand of this loop. */
  Strand strand(String name) {
    return new LoopStrand(name);
  }

  /** Runs what is queued now, then ends; tasks and timers of later are dropped. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(CLOSE_WAIT_MAX)) {
        events.event(
            Events.Level.WARNING, "strand", thread.getName() + " is still busy and was left alone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void add(@Nullable LoopStrand strand, Runnable task) {
    if (closing) {
      events.count("strand.dropped", 1);
      return;
    }
    inbox.add(new Work(strand, task));
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!closing) {
      runDueTimers();
      if (runBatch() == 0) {
        parkUntilWork();
      }
    }
    while (runBatch() > 0) {
      Thread.onSpinWait();
    }
  }

  private int runBatch() {
    int done = 0;
    for (; done < BATCH_TASKS_MAX; done++) {
      Work work = inbox.poll();
      if (work == null) {
        break;
      }
      run(work.strand, work.task);
    }
    return done;
  }

  private void run(@Nullable LoopStrand strand, Runnable task) {
    current = strand;
    try {
      task.run();
    } catch (Throwable thrown) {
      String where = "strand." + (strand == null ? thread.getName() : strand.name);
      FatalErrors.escaped(fatal, events, where, thrown);
    } finally {
      current = null;
    }
  }

  private void parkUntilWork() {
    parked = true;
    // A writer adds first and looks at the flag afterwards; so one of the two sees the other.
    if (inbox.isEmpty() && !closing) {
      LoopTimer next = timers.peek();
      if (next == null) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, next.dueNanos - System.nanoTime());
      }
    }
    parked = false;
  }

  private void runDueTimers() {
    LoopTimer next = timers.peek();
    if (next == null) {
      return;
    }
    // Read once: a timer that schedules itself anew with no delay must not keep the loop here.
    long now = System.nanoTime();
    for (; next != null && next.dueNanos - now <= 0; next = timers.peek()) {
      timers.remove();
      Runnable task = next.task.getAndSet(null);
      if (task == null) {
        cancelledTimers.decrementAndGet();
      } else {
        run(next.strand, task);
      }
    }
  }

  private void addTimer(LoopTimer timer) {
    timer.sequence = timersMade++;
    timers.add(timer);
    int cancelled = cancelledTimers.get();
    if (cancelled > CANCELLED_TIMERS_MAX && cancelled > timers.size() / 2) {
      int before = timers.size();
      timers.removeIf(waiting -> waiting.task.get() == null);
      cancelledTimers.addAndGet(timers.size() - before);
    }
  }

  /** The thread of a loop; a type of its own so that code can ask whether it runs on one. */
  private static final class LoopThread extends Thread {
    private final EventLoop loop;

    LoopThread(EventLoop loop, String name) {
      super(name);
      this.loop = loop;
      setDaemon(true);
    }

    @Override
    public void run() {
      loop.run();
    }
  }

  /** A strand: a name for a part of the loop's queue. */
  private final class LoopStrand implements Strand {
    private final String name;

    LoopStrand(String name) {
      this.name = name;
    }

    @Override
    public void execute(Runnable task) {
      add(this, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      LoopTimer timer = new LoopTimer(this, System.nanoTime() + Nanos.of(delay), task);
      if (Thread.currentThread() == thread) {
        addTimer(timer);
      } else {
        add(null, () -> addTimer(timer));
      }
      return timer;
    }

    @Override
    public boolean isCurrent() {
      return Thread.currentThread() == thread && current == this;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A timer; its task is taken out once, by whoever comes first: the loop or a cancel. */
  private final class LoopTimer implements Timer, Comparable<LoopTimer> {
    private final LoopStrand strand;
    private final long dueNanos;
    private final AtomicReference<@Nullable Runnable> task;
    private long sequence;

    LoopTimer(LoopStrand strand, long dueNanos, Runnable task) {
      this.strand = strand;
      this.dueNanos = dueNanos;
      this.task = new AtomicReference<>(task);
    }

    @Override
    public void cancel() {
      if (task.getAndSet(null) != null) {
        cancelledTimers.incrementAndGet();
      }
    }

    @Override
    public int compareTo(LoopTimer other) {
      // By difference, as nanoTime may overflow; then in the order given.
      int order = Long.signum(dueNanos - other.dueNanos);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
  }
}
