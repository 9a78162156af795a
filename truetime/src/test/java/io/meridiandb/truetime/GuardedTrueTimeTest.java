package io.meridiandb.truetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Guards protocol C1 and G10: a clock past its bound is known to be, before anything is answered.
 */
final class GuardedTrueTimeTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;

  private final ManualClocks clocks = new ManualClocks(7 * SECOND, 1_000 * SECOND);
  private final TrueTime time = TrueTimes.staticBound(clocks, Duration.ofMillis(1));

  private void pass(long nanos) {
    clocks.boot += nanos;
    clocks.wall += nanos;
  }

  private TTInterval honest() {
    return new TTInterval(new Timestamp(clocks.wall - MS), new Timestamp(clocks.wall + MS));
  }

  @Test
  void stepsInsideTheBoundAreNoFaultAndEarliestNeverGoesBack() {
    Timestamp before = time.now().earliest();
    clocks.wall -= 2 * MS;
    assertThat(time.now().earliest()).isEqualTo(before);
    clocks.wall += 2 * MS;
    assertThat(time.now()).isEqualTo(honest());
    assertThat(time.fault()).isNull();
  }

  @Test
  void aStepBeyondTheBoundIsAFaultAtTheFirstReadingInBothDirections() {
    for (int sign : new int[] {-1, 1}) {
      ManualClocks own = new ManualClocks(0, 1_000 * SECOND);
      TrueTime stepping = TrueTimes.staticBound(own, Duration.ofMillis(1));
      TTInterval first = stepping.now();
      own.wall += sign * (2 * MS + GuardedTrueTime.RESOLUTION_NANOS);
      stepping.now();
      assertThat(stepping.fault()).as("it may be the resolution of the clock").isNull();
      own.wall += sign * (2 * MS + GuardedTrueTime.RESOLUTION_NANOS + 2 * Drift.of(0) + 1);
      TTInterval carried = stepping.now();
      assertThat(stepping.fault()).as("sign %d", sign).contains("the clock stepped");
      assertThat(carried.earliest()).isGreaterThanOrEqualTo(first.earliest());
      assertThat(carried.latest().nanos())
          .isBetween(first.latest().nanos(), first.latest().nanos() + MS);
    }
  }

  @Test
  void aStepWhileNobodyReadIsFoundToo() {
    time.now();
    pass(3_600 * SECOND);
    assertThat(time.now()).isEqualTo(honest());
    pass(3_600 * SECOND);
    clocks.wall += 5 * SECOND;
    time.now();
    assertThat(time.fault()).contains("the clock stepped");
  }

  @Test
  void withAFaultTheLastGoodReadingIsCarriedOnWithDrift() {
    time.now();
    clocks.wall += 60 * SECOND;
    time.now();
    clocks.boot += SECOND;
    TTInterval now = time.now();
    assertThat(now.earliest().nanos()).isEqualTo(1_001 * SECOND - MS - Drift.of(SECOND));
    assertThat(now.latest().nanos()).isEqualTo(1_001 * SECOND + MS + Drift.of(SECOND));
  }

  @Test
  void aClockThatHasSteppedIsNotTrustedAgainWhenItComesBack() {
    time.now();
    clocks.wall += 60 * SECOND;
    time.now();
    clocks.wall -= 60 * SECOND;
    time.now();
    assertThat(time.fault()).contains("start this server again");
  }

  @Test
  void aSourceThatIsTooUncertainIsAFaultWhileItIs() {
    long[] bound = {MS};
    TrueTime wide =
        TrueTimes.guard("test", () -> ClockReading.within(clocks.wall, bound[0]), clocks);
    wide.now();
    bound[0] = 250 * MS;
    wide.now();
    assertThat(wide.fault()).isNull();
    bound[0]++;
    wide.now();
    assertThat(wide.fault()).contains("may be wrong by 250 ms");
    bound[0] = MS;
    wide.now();
    assertThat(wide.fault()).isNull();
  }

  @Test
  void aSourceThatIsAwayIsAFaultWhileItIs() {
    ClockReading[] reading = {ClockReading.within(clocks.wall, MS)};
    TrueTime away = TrueTimes.guard("test", () -> reading[0], clocks);
    away.now();
    reading[0] = new ClockReading.Bad("its daemon has stopped");
    clocks.boot += SECOND;
    assertThat(away.now().earliest().nanos()).isEqualTo(1_001 * SECOND - MS - Drift.of(SECOND));
    assertThat(away.fault()).isEqualTo("its daemon has stopped");
    clocks.wall += SECOND;
    reading[0] = ClockReading.within(clocks.wall, MS);
    away.now();
    assertThat(away.fault()).isNull();
  }

  @Test
  void beforeTheFirstReadingAnyTimeIsPossible() {
    TrueTime unknown = TrueTimes.guard("test", () -> new ClockReading.Bad("not yet"), clocks);
    assertThat(unknown.now()).isEqualTo(GuardedTrueTime.ANY_TIME);
    assertThat(unknown.fault()).isEqualTo("not yet");
  }
}
