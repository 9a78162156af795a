package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.simulated.LinkConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The knobs of one run, each drawn from the seed: runs differ in what kinds of fault they have at
 * all, so that rare combinations are met and no kind hides another.
 *
 * @param latency between any two servers of a universe without regions
 * @param odds of faults of single frames
 * @param clockBound how far clocks may be off
 * @param clocksApart whether they begin as far apart as they may: some all fast, the others all
 *     slow
 * @param planned kinds that strike, and how often
 */
public record Swarm(
    LinkConditions latency,
    Odds odds,
    Duration clockBound,
    boolean clocksApart,
    List<Planned> planned) {
  /** Of a million frames each. */
  public record Odds(int loss, int duplicate, int reorder) {
    /** Every frame arrives once, in order. */
    public static final Odds NONE = new Odds(0, 0, 0);
  }

  /** A kind of fault and the mean time between two of it. */
  public record Planned(FaultKind kind, Duration mean) {}

  private static final int KINDS_OF_ALL = 5;
  private static final int CLOCKS_APART_OF = 3;

  /** In one of so many runs most of what happens is that data moves, with few faults. */
  private static final int BUSY_OF = 3;

  private static final int BUSY_KINDS_OF_ALL = 2;
  private static final int CALM_KINDS_OF_ALL = 15;
  private static final int RARE_KINDS_OF_ALL = 15;

  public Swarm {
    planned = List.copyOf(planned);
  }

  /** Draws all knobs: a fifth of all kinds, more or less; in some runs mostly moves of data. */
  public static Swarm draw(RandomSource random) {
    LinkConditions latency = latency(random);
    Odds odds =
        new Odds(
            pick(random, 0, 1_000, 10_000, 30_000),
            pick(random, 0, 1_000, 20_000, 100_000),
            pick(random, 0, 1_000, 20_000, 100_000));
    Duration clockBound = Duration.ofNanos(1_000L * pick(random, 0, 100, 2_000, 20_000));
    List<Planned> planned = new ArrayList<>();
    RandomSource kinds = random.fork("kinds");
    boolean busy = random.fork("busy").chance(1, BUSY_OF);
    for (FaultKind kind : FaultCatalog.kinds()) {
      RandomSource own = kinds.fork(kind.name());
      boolean bySql = FaultCatalog.isDoneBySql(kind);
      int usual = busy ? (bySql ? BUSY_KINDS_OF_ALL : CALM_KINDS_OF_ALL) : KINDS_OF_ALL;
      if (own.chance(1, FaultCatalog.isRare(kind) ? RARE_KINDS_OF_ALL : usual)) {
        planned.add(new Planned(kind, Duration.ofMillis(pick(own, 12_000, 6_000, 3_000))));
      }
    }
    return new Swarm(
        latency, odds, clockBound, random.fork("clocks").chance(1, CLOCKS_APART_OF), planned);
  }

  /** The same without any fault: latencies and clock bounds alone. */
  public Swarm quiet() {
    return new Swarm(latency, Odds.NONE, clockBound, clocksApart, List.of());
  }

  /**
   * The same for what is not a whole product: it knows no placements, and nothing in it watches the
   * clock.
   */
  public Swarm forAPart() {
    return new Swarm(
        latency,
        odds,
        clockBound,
        clocksApart,
        planned.stream().filter(each -> !FaultCatalog.needsWholeProduct(each.kind())).toList());
  }

  private static LinkConditions latency(RandomSource random) {
    int micros = pick(random, 200, 200, 2_000, 20_000);
    return LinkConditions.of(Duration.ofNanos(1_000L * micros), Duration.ofNanos(500L * micros));
  }

  private static int pick(RandomSource random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
