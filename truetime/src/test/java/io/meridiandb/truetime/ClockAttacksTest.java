package io.meridiandb.truetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.Timestamp;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The attack of protocol H on one server's source; with the amendment and without it. */
final class ClockAttacksTest {
  private static final long SECOND = 1_000_000_000L;

  /**
   * 15, first half: on one host a commit's wait is over at 100, NTP steps the wall clock to 50, and
   * the next transaction, of another group and server, gets 51.
   */
  @Test
  void attack15TheWallClockOfTheOnlyHostSteps() {
    assertThat(nextAfterTheStep(TrueTimes::sharedHost)).isGreaterThan(100);
    assertThat(nextAfterTheStep((clocks, anchor) -> onTheWallClock(clocks))).isEqualTo(51);
    assertThat(nextAfterTheStep((clocks, anchor) -> TrueTimes.guard("wall", wall(clocks), clocks)))
        .as("a server that has read before the step is not taken in")
        .isGreaterThan(100);
  }

  private static ClockSource wall(ManualClocks clocks) {
    return () -> ClockReading.within(clocks.wall, 0);
  }

  /** {@code shared-host} as it was: CLOCK_REALTIME, believed. */
  private static TrueTime onTheWallClock(ManualClocks clocks) {
    return () -> ((ClockReading.Good) wall(clocks).read()).interval();
  }

  /** The timestamp that the other group's leader takes, in seconds. */
  private static long nextAfterTheStep(BiFunction<ManualClocks, HostAnchor, TrueTime> source) {
    ManualClocks clocks = new ManualClocks(0, 99 * SECOND);
    HostAnchor anchor = HostAnchor.mint(clocks);
    TrueTime first = source.apply(clocks, anchor);
    TrueTime second = source.apply(clocks, anchor);
    Timestamp committed = new Timestamp(100 * SECOND);
    second.now();
    clocks.boot += 2 * SECOND;
    clocks.wall += 2 * SECOND;
    assertThat(first.after(committed)).as("commit wait is over").isTrue();
    clocks.wall = 50 * SECOND;
    return second.now().latest().nanos() / SECOND + 1;
  }
}
