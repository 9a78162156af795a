package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** How many events of the protocol a core simulates in a second, with faults and all invariants. */
final class SimulationSpeedTest {
  private static final int SEEDS = Integer.getInteger("paxos.speed.seeds", 8);
  private static final Duration FAULTS = Duration.ofSeconds(60);

  /** Events far below this would make the searches of this module useless. */
  private static final double EVENTS_PER_SECOND_MIN = 20_000;

  /** Prints one line; see {@code PERFORMANCE.md}. */
  @Test
  void printsEventsPerSecond() {
    run(0, SEEDS); // for the compiler
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long events = run(SEEDS, SEEDS);
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    double perSecond = events * 1e9 / nanos;
    System.out.printf(
        Locale.ROOT,
        "{\"bench\":\"simulated paxos\",\"servers\":5,\"groups\":2,\"events\":%d,"
            + "\"eventsPerCpuSecond\":%.0f,\"timesRealTimePerCpu\":%.0f}%n",
        events,
        perSecond,
        SEEDS * FAULTS.toNanos() / (double) nanos);
    assertThat(perSecond).isGreaterThan(EVENTS_PER_SECOND_MIN);
  }

  private static long run(long first, int seeds) {
    long events = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      PaxosSimulation world = new PaxosSimulation(seed, 5, Doubles.NONE);
      world.suffer(FAULTS);
      events += world.events;
    }
    return events;
  }
}
