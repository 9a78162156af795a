package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.truetime.TrueTime;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The clock of one group at its leader: assigns timestamps, remembers what was promised, and keeps
 * everything inside the lease (Spanner OSDI'12 4.2.1; protocol C1, G3, G4, G19, G20).
 *
 * <p>{@code lastTs} is the paper's s_max: every timestamp assigned, every read timestamp served and
 * every closed timestamp raise it, and it never falls within one incarnation, whatever the ballots.
 * All methods are called on the server strand.
 */
public final class GroupClock {
  private final TrueTime trueTime;
  private final Supplier<Timestamp> leaseEnd;

  /** Highest timestamp assigned or promised here. [VOLATILE; rebuilt from the log] */
  private Timestamp lastTs = Timestamp.ZERO;

  /**
   * Makes the clock of one group.
   *
   * @param leaseEnd the moment at which the leader lease surely ends; {@link Timestamp#MIN} while
   *     this replica may not serve as leader
   */
  public GroupClock(TrueTime trueTime, Supplier<Timestamp> leaseEnd) {
    this.trueTime = trueTime;
    this.leaseEnd = leaseEnd;
  }

  /** The interval clock under this one. */
  public TrueTime trueTime() {
    return trueTime;
  }

  /** Highest timestamp assigned or promised: the paper's s_max. */
  public Timestamp lastTs() {
    return lastTs;
  }

  /** Until when this replica leads for sure; {@link Timestamp#MIN} if it does not. */
  public Timestamp leaseEnd() {
    return leaseEnd.get();
  }

  /** Whether the lease surely covers this moment. */
  public boolean leaseValid(TTInterval now) {
    return now.latest().isBefore(leaseEnd());
  }

  /**
   * The next timestamp: above all before it and above absolute time, in whole microseconds.
   *
   * @return empty if it would pass the lease's end: extend the lease, or lead no longer
   */
  public Optional<Timestamp> assign() {
    Timestamp candidate = Timestamp.max(trueTime.now().latest().ceilToStep(), lastTs.next());
    if (candidate.isAfter(leaseEnd())) {
      return Optional.empty();
    }
    Invariants.check(candidate.isAfter(lastTs), "timestamp %s after %s", candidate, lastTs);
    lastTs = candidate;
    return Optional.of(candidate);
  }

  /**
   * Promises that no later entry gets a timestamp at or below {@code t}: for a read served at
   * {@code t}, or a closed timestamp.
   *
   * @param t not above {@code TT.now().latest}: a reader of the future waits first (protocol G19)
   * @return false, with nothing promised, if {@code t} lies beyond the lease's end
   */
  public boolean promise(Timestamp t) {
    if (t.isAfter(leaseEnd())) {
      return false;
    }
    raise(t);
    return true;
  }

  /**
   * Closes the present: all later entries get timestamps above the result.
   *
   * @return the closed timestamp, not beyond the lease's end; empty without a lease
   */
  public Optional<Timestamp> close() {
    TTInterval now = trueTime.now();
    if (!leaseValid(now)) {
      return Optional.empty();
    }
    raise(now.latest());
    return Optional.of(Timestamp.min(lastTs, leaseEnd()));
  }

  /** All later timestamps are above {@code floor}; needs no lease (adopted entries, G7, G8). */
  public void raise(Timestamp floor) {
    lastTs = Timestamp.max(lastTs, floor);
  }
}
