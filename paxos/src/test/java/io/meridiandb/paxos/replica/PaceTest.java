package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.paxos.lease.LeaseConfig;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CLOSEs and renewals of leases are rare only where nobody would notice (protocol C1, C4). */
class PaceTest {
  private static final long BEAT = 10;
  private static final long BUSY_CLOSE = 2;

  private final SimulatedWorld world = new SimulatedWorld(1);
  private final Env env = world.server(new ServerId(1));
  private final Rounds rounds =
      new Rounds(
          env.strands().create("server"), env.clocks(), Duration.ofMillis(50), point -> point + 1);
  private final Pace pace = new Pace(LeaseConfig.DEFAULT, rounds);
  private long point;

  @BeforeEach
  void begin() {
    assertThat(pace.beatDue(0)).isTrue();
    pace.beaten(0, true);
    pace.closed(0, true);
  }

  @AfterEach
  void end() {
    world.close();
  }

  /** Goes on to the next CLOSE, with the beats before it; how many points later it was. */
  private long close(boolean news, boolean answered) {
    long before = point;
    do {
      point = pace.next(point);
      if (pace.beatDue(point)) {
        pace.beaten(point, answered);
      }
    } while (!pace.closeDue(point));
    pace.closed(point, news);
    return point - before;
  }

  private void becomeQuiet() {
    for (int i = 0; i < Pace.CLOSES_WITHOUT_NEWS; i++) {
      assertThat(close(false, true)).isEqualTo(BUSY_CLOSE);
    }
    close(false, true);
    close(false, true); // with the first beat that knows that it is quiet
  }

  @Test
  void afterTenSecondsWithoutNewsBothComeOnceASecondAndTogether() {
    assertThat(Pace.BUSY.multipliedBy(Pace.CLOSES_WITHOUT_NEWS)).hasSeconds(10);
    becomeQuiet();
    for (int i = 0; i < 5; i++) {
      long before = point;
      assertThat(pace.next(point)).isEqualTo(before + 2 * BEAT);
      assertThat(close(false, true)).isEqualTo(2 * BEAT);
    }
  }

  @Test
  void newsEndTheQuietAtOnceAndForTenSeconds() {
    becomeQuiet();
    close(true, true);
    becomeQuiet();
  }

  @Test
  void whoeverHasNotAnsweredIsAskedAgainAtTheUsualTime() {
    becomeQuiet();
    close(false, false);
    assertThat(pace.next(point)).isEqualTo(point + BEAT);
  }

  @Test
  void whileAGroupWaitsForTheTimeLeasesAreRenewedAtTheUsualPace() {
    becomeQuiet();
    long before = point;
    pace.unsettled();
    assertThat(pace.next(point)).isEqualTo(before + BEAT);
    assertThat(pace.next(before + BEAT + 3)).as("not in the past").isEqualTo(before + BEAT + 4);
  }

  /** Two more questions must fit in after one that was lost. */
  @Test
  void aLeaseThatLastsForThreeBeatsIsNotRenewedMoreSeldom() {
    LeaseConfig tight = new LeaseConfig(Duration.ofMillis(1_500), Duration.ofMillis(500));
    Pace pace = new Pace(tight, rounds);
    for (int i = 0; i < 2 * Pace.CLOSES_WITHOUT_NEWS; i++) {
      pace.closed(i, false);
    }
    pace.beaten(0, true);
    assertThat(pace.beatDue(BEAT)).isTrue();
  }
}
