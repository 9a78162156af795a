package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import io.meridiandb.kernel.time.Clocks;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a server looks at the time: one timer for all that comes round, at the points of a grid, so
 * that what is due at about the same time costs one wakeup. Points at which nothing is due are
 * passed over: a server in which nothing happens sleeps. Runs on the server strand.
 */
final class Rounds {
  /** What is done in a round. */
  interface Round {
    /**
     * The grid has reached {@code point}; those before it may have been passed over.
     *
     * @return the point of the next round at the latest, above this one
     */
    long at(long point);
  }

  private final Strand strand;
  private final Clocks clocks;
  private final Duration grid;
  private final Round round;
  private long beginNanos;
  private long next;
  private @Nullable Timer timer;
  private boolean stopped;

  /**
   * Sleeps until {@link #start}.
   *
   * @param grid from one point to the next
   */
  Rounds(Strand strand, Clocks clocks, Duration grid, Round round) {
    this.strand = strand;
    this.clocks = clocks;
    this.grid = grid;
    this.round = round;
  }

  /** The first round is now, at point 0. */
  void start() {
    beginNanos = clocks.bootNanos();
    run();
  }

  /** Something has happened: the next round is at the next point. A round sees to its own. */
  void soon() {
    Timer set = timer;
    long point = passed() + 1;
    if (set != null && point < next) {
      set.cancel();
      schedule(point);
    }
  }

  void stop() {
    stopped = true;
    Timer set = timer;
    if (set != null) {
      set.cancel();
    }
  }

  /** How many points {@code length} holds; at least one. */
  long points(Duration length) {
    return Math.max(1, length.dividedBy(grid));
  }

  /** The first point at which {@code length} has passed from now on; above those passed. */
  long pointAfter(Duration length) {
    long nanos = clocks.bootNanos() - beginNanos + length.toNanos();
    return Math.max(passed() + 1, Math.ceilDiv(nanos, grid.toNanos()));
  }

  private void run() {
    if (stopped) {
      return;
    }
    long point = Math.max(next, passed());
    schedule(Math.max(point + 1, round.at(point)));
  }

  private void schedule(long point) {
    next = point;
    long due = beginNanos + point * grid.toNanos();
    Duration delay = Duration.ofNanos(Math.max(0, due - clocks.bootNanos()));
    timer = strand.schedule(delay, this::run);
  }

  private long passed() {
    return (clocks.bootNanos() - beginNanos) / grid.toNanos();
  }
}
