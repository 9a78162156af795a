package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.ServerId;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The one queue of a world: events in the order of virtual time, those of one instant in an order
 * drawn from the seed. Whoever needs an order among events of one instant keeps a queue of his own.
 */
final class EventQueue {
  /** More events than this without time going on: something polls without waiting. */
  static final long EVENTS_AT_ONE_INSTANT_MAX = 2_000_000;

  /** So many cancelled events may wait for their time, unless most are cancelled. */
  private static final int CANCELLED_KEPT = 1_000;

  /** Something that will happen. */
  final class Event implements Comparable<Event> {
    private long at;
    private long tie;
    private final long number;
    private final String kind;
    private final @Nullable Incarnation owner;
    private @Nullable Runnable action;

    private Event(
        long at, long tie, long number, String kind, @Nullable Incarnation owner, Runnable action) {
      this.at = at;
      this.tie = tie;
      this.number = number;
      this.kind = kind;
      this.owner = owner;
      this.action = action;
    }

    void cancel() {
      if (action != null && isOfTheLiving()) {
        action = null;
        cancelled++;
        sweep();
      }
    }

    private boolean isOfTheLiving() {
      return owner == null || owner.alive();
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      int byTie = byTime != 0 ? byTime : Long.compare(tie, other.tie);
      return byTie != 0 ? byTie : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final RandomSource order;
  private final Trace trace;
  private final AtomicLong executed = new AtomicLong();
  private long now;
  private @Nullable ServerId concerned;
  private boolean concernsAll;
  private long posted;
  private long deferred;
  private long atThisInstant;
  private int cancelled;

  EventQueue(RandomSource order, Trace trace) {
    this.order = order;
    this.trace = trace;
  }

  /** Nanoseconds of virtual time since the world began. */
  long now() {
    return now;
  }

  /** See {@link SimulatedWorld#lastConcerned}. */
  @Nullable ServerId concerned() {
    return concernsAll ? null : concerned;
  }

  /** The event that runs, one of the world, does something to nobody but this server. */
  void concernsOnly(ServerId one) {
    concerned = one;
  }

  /** What happens now may concern anybody: until it has been looked at. */
  void concernsAll() {
    concernsAll = true;
  }

  /** All that has happened was looked at. */
  void looked() {
    concernsAll = false;
  }

  /** How many events have run; readable from any thread. */
  long executed() {
    return executed.get();
  }

  /**
   * Adds an event.
   *
   * @param delay nanoseconds from now; what lies beyond the end of time is cut
   * @param kind one word for the listing
   * @param owner the event is dropped once this incarnation is dead; null for the world itself
   */
  Event post(long delay, String kind, @Nullable Incarnation owner, Runnable action) {
    long sum = now + Math.max(0, delay);
    long at = sum < 0 ? Long.MAX_VALUE : sum;
    Event event = new Event(at, order.nextInt(Integer.MAX_VALUE), ++posted, kind, owner, action);
    if (event.isOfTheLiving()) {
      events.add(event);
    }
    return event;
  }

  /**
   * Drops what a dead incarnation was still to do. It would never run, but until it is due, perhaps
   * minutes later, it would keep all that the server had in memory.
   */
  void dropEventsOf(Incarnation dead) {
    events.removeIf(event -> event.owner == dead || event.action == null);
    cancelled = 0;
  }

  /** Most time-outs are cancelled long before they are due: a queue of the rest is a short one. */
  private void sweep() {
    if (cancelled > CANCELLED_KEPT && cancelled > events.size() / 2) {
      events.removeIf(event -> event.action == null);
      cancelled = 0;
    }
  }

  /** How many events are still to come, those that were cancelled too. */
  int coming() {
    return events.size();
  }

  /**
   * Runs the next event that is due until {@code deadline}.
   *
   * @return false if there is none; then time has gone on to the deadline
   */
  boolean step(long deadline) {
    while (true) {
      Event next = events.peek();
      if (next == null || next.at > deadline) {
        now = Math.max(now, deadline);
        return false;
      }
      events.poll();
      Runnable action = next.action;
      if (action == null) {
        cancelled--;
        continue;
      }
      if (next.owner != null && next.owner.pausedUntil() > next.at) {
        next.at = next.owner.pausedUntil();
        next.tie = Long.MIN_VALUE + ++deferred; // before all others then, in their old order
        events.add(next);
        continue;
      }
      next.action = null; // who cancels it from now on comes too late
      run(next, action);
      return true;
    }
  }

  private void run(Event event, Runnable action) {
    atThisInstant = event.at == now ? atThisInstant + 1 : 0;
    Invariants.check(
        atThisInstant < EVENTS_AT_ONE_INSTANT_MAX,
        "%s events at one instant: something goes round without waiting, the last is %s of %s",
        atThisInstant,
        event.kind,
        event.owner == null ? "the world" : event.owner);
    now = event.at;
    concerned = event.owner == null ? null : event.owner.server();
    executed.incrementAndGet();
    trace.add(event.at);
    trace.add(event.number);
    trace.line(now, () -> event.kind + " " + (event.owner == null ? "world" : event.owner));
    action.run();
  }
}
