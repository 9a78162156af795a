package io.meridiandb.simulator.invariant;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Looks at all invariants after every event; each is reported once. */
public final class InvariantWatch implements Runnable {
  private final List<Invariant> holding;
  private final Supplier<Sight> sight;
  private final Consumer<String> report;
  private long looks;

  /**
   * A watch over some invariants.
   *
   * @param sight all servers now
   * @param report takes a broken one's name and words
   */
  public InvariantWatch(
      List<Invariant> invariants, Supplier<Sight> sight, Consumer<String> report) {
    this.holding = new ArrayList<>(invariants);
    this.sight = sight;
    this.report = report;
  }

  /** All that there are, new. */
  public static List<Invariant> all() {
    return List.of(
        new OneLeaseAtATime(),
        new AppliedOnlyRises(),
        new BallotsOnlyRise(),
        new TrueTimeHolds(),
        new NoGroupStops(),
        new TimestampsRise(),
        new ChosenNeverChanges(),
        new AppliedAlike(),
        new ClosedMeansClosed(),
        new CommitsAboveVotes(),
        new OneOutcome(),
        new ChosenIsDurable());
  }

  @Override
  public void run() {
    looks++;
    Sight now = sight.get();
    holding.removeIf(invariant -> {
      String broken = invariant.broken(now);
      if (broken != null) {
        report.accept(invariant.name() + ": " + broken);
      }
      return broken != null;
    });
  }

  /** How often it has looked. */
  public long looks() {
    return looks;
  }
}
