package io.meridiandb.truetime.masters;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.truetime.ClockReading;
import io.meridiandb.truetime.Drift;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards DESIGN 3 and reliability D12: round trips and drift are in the bound, liars are not. */
final class MasterClockTest {
  private static final long MS = 1_000_000;
  private static final ServerId ANN = new ServerId(1);
  private static final ServerId BEN = new ServerId(2);
  private static final ServerId CAI = new ServerId(3);

  private long boot;
  private final MasterClock clock =
      new MasterClock(
          List.of(ANN, BEN, CAI),
          new Clocks() {
            @Override
            public long bootNanos() {
              return boot;
            }

            @Override
            public long wallNanos() {
              throw new AssertionError("the wall clock is nobody's business here");
            }

            @Override
            public String bootId() {
              return "boot";
            }
          });

  private static TTInterval interval(long from, long to) {
    return new TTInterval(new Timestamp(from), new Timestamp(to));
  }

  private void hear(ServerId master, long roundTrip, TTInterval told) {
    clock.heard(master, boot - roundTrip, boot, told);
  }

  private TTInterval now() {
    ClockReading reading = clock.read();
    assertThat(reading).isInstanceOf(ClockReading.Good.class);
    return ((ClockReading.Good) reading).interval();
  }

  @Test
  void oneAnswerOfThreeIsNotEnough() {
    hear(ANN, MS, interval(500 * MS, 501 * MS));
    clock.silent(BEN, "has no time");
    assertThat(((ClockReading.Bad) clock.read()).why())
        .contains("server-2")
        .contains("has no time");
    hear(BEN, MS, interval(500 * MS, 501 * MS));
    assertThat(now().epsilonNanos()).isLessThan(2 * MS);
  }

  @Test
  void theWholeRoundTripIsInTheBound() {
    hear(ANN, 10 * MS, interval(500 * MS, 501 * MS));
    hear(BEN, 10 * MS, interval(500 * MS, 501 * MS));
    long drift = Drift.of(10 * MS) + Drift.of(0);
    assertThat(now())
        .isEqualTo(interval(500 * MS - 2 * Drift.of(0), 511 * MS + drift + Drift.of(0)));
  }

  @Test
  void theBoundGrowsBy200MicrosecondsASecond() {
    hear(ANN, 0, interval(500 * MS, 500 * MS));
    hear(BEN, 0, interval(500 * MS, 500 * MS));
    long before = now().epsilonNanos();
    boot += 10_000 * MS;
    assertThat(now().epsilonNanos() - before).isEqualTo(10 * 200_000);
    assertThat(now().earliest().nanos()).isLessThan(10_500 * MS);
    assertThat(now().latest().nanos()).isGreaterThan(10_500 * MS);
  }

  @Test
  void aSlowAnswerDoesNotReplaceAQuickOne() {
    hear(ANN, MS, interval(500 * MS, 501 * MS));
    hear(BEN, MS, interval(500 * MS, 501 * MS));
    long quick = now().epsilonNanos();
    boot += 1_000 * MS;
    hear(ANN, 300 * MS, interval(1_400 * MS, 1_401 * MS));
    hear(BEN, 300 * MS, interval(1_400 * MS, 1_401 * MS));
    assertThat(now().epsilonNanos()).isEqualTo(quick + 200_000);
    boot += 1_000 * MS;
    hear(ANN, 0, interval(2_500 * MS, 2_501 * MS));
    hear(BEN, 0, interval(2_500 * MS, 2_501 * MS));
    assertThat(now().epsilonNanos()).as("a quicker one does").isLessThan(quick);
  }

  @Test
  void aLiarAmongThreeIsThrownOutAndNamed() {
    hear(ANN, MS, interval(500 * MS, 501 * MS));
    hear(BEN, MS, interval(900 * MS, 901 * MS));
    assertThat(now().latest().nanos()).as("either may lie").isGreaterThan(900 * MS);
    hear(CAI, MS, interval(500 * MS, 501 * MS));
    assertThat(now().latest().nanos()).isLessThan(503 * MS);
    assertThat(clock.liars()).containsExactly(BEN);
    hear(BEN, MS, interval(500 * MS, 501 * MS));
    assertThat(clock.liars()).isEmpty();
  }

  @Test
  void whenAllContradictEachOtherTheLastAgreementIsCarriedOn() {
    hear(ANN, 0, interval(500 * MS, 501 * MS));
    hear(BEN, 0, interval(500 * MS, 501 * MS));
    hear(CAI, 0, interval(500 * MS, 501 * MS));
    hear(ANN, 0, interval(700 * MS, 701 * MS));
    hear(BEN, 0, interval(900 * MS, 901 * MS));
    assertThat(now().latest().nanos()).isLessThan(503 * MS);
  }
}
