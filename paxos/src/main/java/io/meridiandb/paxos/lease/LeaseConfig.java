package io.meridiandb.paxos.lease;

import java.time.Duration;

/**
 * How long leases are. All servers of a universe should have the same, but nothing unsafe follows
 * if they have not.
 *
 * @param length of a lease; an unplanned loss of a leader costs about this and one round trip
 * @param heartbeat how often a lease is asked for anew
 */
public record LeaseConfig(Duration length, Duration heartbeat) {
  /** Shortest lease allowed: below this a pause for garbage collection would cost leaderships. */
  public static final Duration LENGTH_MIN = Duration.ofMillis(200);

  /** Longest lease allowed. */
  public static final Duration LENGTH_MAX = Duration.ofSeconds(60);

  /** The default, for universes over several data centres: 3 s, asked for every 500 ms. */
  public static final LeaseConfig DEFAULT =
      new LeaseConfig(Duration.ofSeconds(3), Duration.ofMillis(500));

  /** For tests, demonstrations and universes on one host: 1 s. */
  public static final LeaseConfig SHORT =
      new LeaseConfig(Duration.ofSeconds(1), Duration.ofMillis(150));

  public LeaseConfig {
    if (length.compareTo(LENGTH_MIN) < 0 || length.compareTo(LENGTH_MAX) > 0) {
      throw new IllegalArgumentException(
          "a lease of %d ms is out of range: %d to %d ms"
              .formatted(length.toMillis(), LENGTH_MIN.toMillis(), LENGTH_MAX.toMillis()));
    }
    if (heartbeat.isNegative()
        || heartbeat.isZero()
        || heartbeat.multipliedBy(3).compareTo(length) > 0) {
      throw new IllegalArgumentException(
          "a lease of %d ms needs a heartbeat of at most a third of it, not %d ms"
              .formatted(length.toMillis(), heartbeat.toMillis()));
    }
  }
}
