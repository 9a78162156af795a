package io.meridiandb.kernel.system;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that runs the tasks and timers of its strands: a queue that many threads
 * write and one reads, and a heap of timers that only the loop touches. Parks when idle; a loop
 * that may rest has no thread while there is nothing to do for it.
 *
 * <p>Tasks of one strand keep their order because all strands of a loop share one queue.
 */
final class EventLoop implements AutoCloseable {
  /** Tasks run before the timers are looked at again, so that a flood of tasks delays no timer. */
  private static final int BATCH_TASKS_MAX = 64;

  /** Called-off timers that may lie about in the heap before they are swept out. */
  private static final int CANCELLED_TIMERS_MAX = 1024;

  private static final Duration NEVER = ChronoUnit.FOREVER.getDuration();
  private static final Duration CLOSE_WAIT_MAX = Duration.ofSeconds(5);

  /** A task and the strand it belongs to. */
  private record Work(@Nullable LoopStrand strand, Runnable task) {}

  private final String name;
  private final boolean blocking;

  /** After so long without work the thread ends. */
  private final long restAfterNanos;

  private final Events events;
  private final FatalErrors fatal;
  private final Queue<Work> inbox = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<LoopTimer> timers = new PriorityQueue<>();
  private final AtomicInteger cancelledTimers = new AtomicInteger();
  private volatile boolean parked;

  /** No thread runs, and whoever sets this back starts one. */
  private final AtomicBoolean resting = new AtomicBoolean();

  private volatile Thread thread;
  private volatile boolean closing;
  private @Nullable LoopStrand current;
  private long timersMade;

  private EventLoop(
      String name, boolean blocking, Duration restAfter, Events events, FatalErrors fatal) {
    this.name = name;
    this.blocking = blocking;
    this.restAfterNanos = Nanos.of(restAfter);
    this.events = events;
    this.fatal = fatal;
    this.thread = new LoopThread(this, name);
  }

  /** Starts a loop whose tasks must not block. */
  static EventLoop start(String name, Events events, FatalErrors fatal) {
    EventLoop loop = new EventLoop(name, false, NEVER, events, fatal);
    loop.thread.start();
    return loop;
  }

  /**
   * Makes a loop whose tasks may block.
   *
   * @param restAfter its thread ends when it had no work for so long, until there is some again
   */
  static EventLoop blocking(String name, Duration restAfter, Events events, FatalErrors fatal) {
    EventLoop loop = new EventLoop(name, true, restAfter, events, fatal);
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
        events.event(Events.Level.WARNING, "strand", name + " is still busy and was left alone");
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
    } else if (resting.get() && resting.compareAndSet(true, false)) {
      Thread woken = new LoopThread(this, name);
      woken.start();
      thread = woken; // started: it can be waited for
    }
  }

  private void run() {
    thread = Thread.currentThread();
    while (!closing) {
      runDueTimers();
      if (runBatch() == 0 && !parkUntilWork() && rests()) {
        return;
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
      String where = "strand." + (strand == null ? name : strand.name);
      FatalErrors.escaped(fatal, events, where, thrown);
    } finally {
      current = null;
    }
  }

  /** Whether there may be work now; false if there was none for so long that the thread may end. */
  private boolean parkUntilWork() {
    LoopTimer next = timers.peek();
    long begun = System.nanoTime();
    parked = true;
    // A writer adds first and looks at the flag afterwards; so one of the two sees the other.
    if (inbox.isEmpty() && !closing) {
      LockSupport.parkNanos(this, next == null ? restAfterNanos : next.dueNanos - begun);
    }
    parked = false;
    return next != null || System.nanoTime() - begun < restAfterNanos;
  }

  /** Whether the thread ends now. */
  private boolean rests() {
    resting.set(true);
    // As with parking: a task that comes now is seen here, or starts a thread.
    return inbox.isEmpty() || !resting.compareAndSet(true, false);
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
