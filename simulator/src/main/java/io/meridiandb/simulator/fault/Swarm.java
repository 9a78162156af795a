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
 * @param planned kinds that strike, and how often
 */
public record Swarm(LinkConditions latency, Odds odds, Duration clockBound, List<Planned> planned) {
  /** Of a million frames each. */
  public record Odds(int loss, int duplicate, int reorder) {
    /** Every frame arrives once, in order. */
    public static final Odds NONE = new Odds(0, 0, 0);
  }

  /** A kind of fault and the mean time between two of it. */
  public record Planned(FaultKind kind, Duration mean) {}

  private static final int KINDS_OF_ALL = 5;

  public Swarm {
    planned = List.copyOf(planned);
  }

  /** Draws all knobs: a fifth of all kinds, more or less. */
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
    for (FaultKind kind : FaultCatalog.kinds()) {
      RandomSource own = kinds.fork(kind.name());
      if (own.chance(1, KINDS_OF_ALL)) {
        planned.add(new Planned(kind, Duration.ofMillis(pick(own, 12_000, 6_000, 3_000))));
      }
    }
    return new Swarm(latency, odds, clockBound, planned);
  }

  /** The same without any fault: latencies and clock bounds alone. */
  public Swarm quiet() {
    return new Swarm(latency, Odds.NONE, clockBound, List.of());
  }

  private static LinkConditions latency(RandomSource random) {
    int micros = pick(random, 200, 200, 2_000, 20_000);
    return LinkConditions.of(Duration.ofNanos(1_000L * micros), Duration.ofNanos(500L * micros));
  }

  private static int pick(RandomSource random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
