package io.meridiandb.simulator;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.server.NodeConfig;
import io.meridiandb.spanserver.group.GroupOptions;
import io.meridiandb.spanserver.tablet.TabletOptions;
import java.time.Duration;

/**
 * Sizes and times of the servers of one run: mostly such that seconds roll segments, flush
 * memtables and compact files, and sometimes with other leases, segments and files. Every file that
 * a tablet builds costs about a megabyte, which bounds how tiny they may be.
 *
 * @param lease how long leases are
 * @param replaceAfter how long a server may be away before its groups get another member
 * @param sizes of files and memories
 */
record Tuning(LeaseConfig lease, Duration replaceAfter, NodeConfig.Sizes sizes) {
  private static final long QUERY_BYTES = 64L << 20;

  /** One run in so many has fault sites. */
  private static final int SITES_OF = 4;

  /** What every run had before tuning was drawn. */
  static final Tuning STANDARD =
      of(
          LeaseConfig.DEFAULT,
          Duration.ofMinutes(5),
          new LogOptions(128 << 10, 64 << 10),
          new TabletOptions(64 << 10, Duration.ofSeconds(3), 4, 1 << 20));

  /**
   * Switches the fault sites inside the product on, in some runs: tiny batches, checkpoints after a
   * few entries, calls that are given up early. In a run with sites each is on or off.
   */
  static void drawSites(SimulatedWorld world) {
    RandomSource random = world.random("fault sites");
    if (random.chance(1, SITES_OF)) {
      world.faultSites().rate(1, pick(random, 5, 30, 200));
    }
  }

  /** Draws all; half of the runs are standard. */
  static Tuning draw(RandomSource random) {
    if (random.chance(1, 2)) {
      return STANDARD;
    }
    int lease = pick(random, 600, 1_000, 3_000, 5_000);
    LeaseConfig leases =
        new LeaseConfig(
            Duration.ofMillis(lease), Duration.ofMillis(lease / pick(random, 3, 6, 12)));
    LogOptions log =
        new LogOptions(pick(random, 16, 64, 512) << 10, pick(random, 1, 16, 256) << 10);
    TabletOptions tablet =
        new TabletOptions(
            pick(random, 32, 64, 256) << 10,
            Duration.ofMillis(pick(random, 2_000, 3_000, 10_000)),
            pick(random, 2, 4, 6),
            pick(random, 64, 256, 1_024) << 10);
    return of(leases, Duration.ofSeconds(pick(random, 2, 6, 300)), log, tablet);
  }

  private static Tuning of(
      LeaseConfig lease, Duration replaceAfter, LogOptions log, TabletOptions tablet) {
    return new Tuning(
        lease,
        replaceAfter,
        new NodeConfig.Sizes(
            log, new GroupOptions(tablet, Duration.ofHours(1)), QUERY_BYTES, false));
  }

  private static int pick(RandomSource random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
