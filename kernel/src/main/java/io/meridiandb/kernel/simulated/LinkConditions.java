package io.meridiandb.kernel.simulated;

import java.time.Duration;

/**
 * How a link between two servers behaves, in one direction. Odds are per million frames.
 *
 * @param latency how long every frame takes at least
 * @param jitter up to so much more, evenly distributed
 * @param lossPerMillion frames that never arrive
 * @param duplicatePerMillion frames that arrive twice
 * @param reorderPerMillion frames that are held up to ten times the jitter while later ones
 *     overtake
 */
public record LinkConditions(
    Duration latency,
    Duration jitter,
    int lossPerMillion,
    int duplicatePerMillion,
    int reorderPerMillion) {

  /** One million: the denominator of all odds. */
  public static final int MILLION = 1_000_000;

  /** A local network without faults: 0.2 to 0.4 ms, in order. */
  public static LinkConditions lan() {
    return of(Duration.ofNanos(200_000), Duration.ofNanos(200_000));
  }

  /** A link without faults. */
  public static LinkConditions of(Duration latency, Duration jitter) {
    return new LinkConditions(latency, jitter, 0, 0, 0);
  }

  /** The same link with other odds of faults. */
  public LinkConditions withFaults(int loss, int duplicate, int reorder) {
    return new LinkConditions(latency, jitter, loss, duplicate, reorder);
  }
}
