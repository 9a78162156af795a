package io.meridiandb.truetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards protocol G10: a reading from the future proves a lie, a late one proves nothing. */
final class ClockWatchTest {
  private static final ServerId ANN = new ServerId(2);
  private static final ServerId BEN = new ServerId(3);
  private static final ServerId CAI = new ServerId(4);

  private final ManualClocks clocks = new ManualClocks(0, 1_000_000);
  private final List<String> reported = new ArrayList<>();
  private final ClockWatch watch =
      new ClockWatch(
          TrueTimes.staticBound(clocks, Duration.ofNanos(1_000)),
          new Events() {
            @Override
            public void event(Level level, String source, String message) {
              reported.add(message);
            }

            @Override
            public void failure(String source, String message, Throwable cause) {
              reported.add(message);
            }

            @Override
            public void count(String counter, long delta) {}
          });

  private static TTInterval at(long nanos) {
    return new TTInterval(new Timestamp(nanos), new Timestamp(nanos + 10));
  }

  /** Without an echo: the peer had heard nothing of us. */
  private boolean hear(ServerId peer, long incarnation, long nanos) {
    return watch.observe(peer, incarnation, at(nanos), Timestamp.MIN);
  }

  private boolean hear(ServerId peer, long nanos, long echo, long incarnation) {
    return watch.observe(peer, incarnation, at(nanos), new Timestamp(echo));
  }

  @Test
  void aMessageFromThePastProvesNothing() {
    assertThat(hear(ANN, 1, 5)).isTrue();
    assertThat(hear(ANN, 1, 1_001_000)).isTrue();
    assertThat(watch.trusts(ANN)).isTrue();
    assertThat(watch.distrusted()).isEmpty();
    assertThat(reported).isEmpty();
  }

  @Test
  void aMessageFromTheFutureEndsTheTrustInThatPairAlone() {
    assertThat(hear(BEN, 1, 1_000_000)).isTrue();
    assertThat(hear(CAI, 1, 1_000_000)).isTrue();
    assertThat(hear(ANN, 1, 1_001_001)).isFalse();
    assertThat(hear(ANN, 1, 1_001_002)).isFalse();
    assertThat(hear(ANN, 1, 5)).as("also what it sends later").isFalse();
    assertThat(watch.trusts(ANN)).isFalse();
    assertThat(watch.distrusted()).containsExactly(ANN);
    assertThat(watch.trusts(BEN)).isTrue();
    assertThat(watch.fenced()).isFalse();
    assertThat(reported).hasSize(1).first().asString().contains("server-2");
  }

  @Test
  void theDistrustedAreToldInOrder() {
    for (long server = 40; server >= 30; server--) {
      assertThat(hear(new ServerId(server), 1, 1_001_001)).isFalse();
    }
    assertThat(watch.distrusted()).hasSize(11).isSorted();
  }

  @Test
  void aPeerThatHadHeardMoreThanItShowsContradictsUs() {
    clocks.boot += 500;
    clocks.wall += 500;
    assertThat(hear(ANN, 999_490, 999_500, 1)).as("its latest is the echo").isTrue();
    assertThat(hear(ANN, 999_489, 999_500, 1)).as("its latest is below the echo").isFalse();
    assertThat(watch.distrusted()).containsExactly(ANN);
  }

  @Test
  void anEchoOfAnEarlierStartOfThisServerProvesNothing() {
    assertThat(hear(ANN, 5, 998_999, 1)).as("before this start").isTrue();
    assertThat(hear(ANN, 5, 1_001_001, 1)).as("we cannot have said so yet").isTrue();
    assertThat(watch.trusts(ANN)).isTrue();
  }

  @Test
  void theEchoIsTheHighestEarliestHeardFromThatPeer() {
    assertThat(watch.echo(ANN)).isEqualTo(Timestamp.MIN);
    hear(ANN, 1, 700);
    hear(ANN, 1, 600);
    hear(BEN, 1, 900);
    assertThat(watch.echo(ANN)).isEqualTo(new Timestamp(700));
    hear(ANN, 2, 500);
    assertThat(watch.echo(ANN)).as("another start").isEqualTo(new Timestamp(500));
  }

  @Test
  void aMajorityOfContradictionsFencesThisServer() {
    hear(BEN, 1, 2_000_000);
    hear(CAI, 1, 1_000_000);
    assertThat(watch.fenced()).isFalse();
    hear(CAI, 1, 2_000_000);
    assertThat(watch.fenced()).isTrue();
    assertThat(watch.fencedBecause()).contains("most of the servers");
    assertThat(reported).last().asString().contains("leads nothing and votes for nobody");
  }

  @Test
  void anOnlyPeerIsAMajority() {
    hear(BEN, 1, 2_000_000);
    assertThat(watch.fenced()).isTrue();
  }

  @Test
  void aRestartedPeerIsTrustedAgainAndItsOldMessagesProveNothing() {
    hear(ANN, 1, 2_000_000);
    assertThat(hear(ANN, 2, 1_000_000)).isTrue();
    assertThat(hear(ANN, 1, 2_000_000)).isFalse();
    assertThat(watch.trusts(ANN)).isTrue();
    assertThat(watch.fenced()).isFalse();
  }

  @Test
  void aFaultOfTheOwnClockFencesAtOnceAndIsToldOnce() {
    clocks.wall += 1_000_000;
    assertThat(hear(ANN, 1, 1_000_000)).isTrue();
    assertThat(watch.fenced()).isTrue();
    assertThat(watch.fencedBecause()).contains("the clock stepped");
    assertThat(reported).hasSize(1);
  }
}
