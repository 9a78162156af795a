package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.simulated.LinkConditions;
import java.time.Duration;

/**
 * The knobs of one run, each drawn from the seed: runs differ in what kinds of fault they have at
 * all, so that rare combinations are met and no kind hides another. A mean of zero means never.
 *
 * @param latency between any two servers
 * @param lossPerMillion frames lost
 * @param duplicatePerMillion frames that arrive twice
 * @param reorderPerMillion frames overtaken
 * @param clockBound how far clocks may be off
 * @param crashMean between two crashes
 * @param cutMean between two cuts of the network
 * @param pauseMean between two pauses of a server
 * @param stallMean between two stalls of a disk
 * @param breakMean between two breaks of a client's connection
 */
public record Swarm(
    LinkConditions latency,
    int lossPerMillion,
    int duplicatePerMillion,
    int reorderPerMillion,
    Duration clockBound,
    Duration crashMean,
    Duration cutMean,
    Duration pauseMean,
    Duration stallMean,
    Duration breakMean) {

  /** Draws all knobs. */
  public static Swarm draw(RandomSource random) {
    return new Swarm(
        latency(random),
        pick(random, 0, 1_000, 10_000, 30_000),
        pick(random, 0, 1_000, 20_000, 100_000),
        pick(random, 0, 1_000, 20_000, 100_000),
        Duration.ofNanos(1_000L * pick(random, 0, 100, 2_000, 20_000)),
        Duration.ofMillis(pick(random, 0, 8_000, 4_000, 2_000)),
        Duration.ofMillis(pick(random, 0, 0, 6_000, 3_000)),
        Duration.ofMillis(pick(random, 0, 0, 6_000, 3_000)),
        Duration.ofMillis(pick(random, 0, 0, 5_000, 2_000)),
        Duration.ofMillis(pick(random, 0, 4_000, 2_000, 1_000)));
  }

  private static LinkConditions latency(RandomSource random) {
    int micros = pick(random, 200, 200, 2_000, 20_000);
    return LinkConditions.of(Duration.ofNanos(1_000L * micros), Duration.ofNanos(500L * micros));
  }

  private static int pick(RandomSource random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
