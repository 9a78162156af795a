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

  @Test
  void aMessageFromThePastProvesNothing() {
    watch.observe(ANN, 1, at(5));
    watch.observe(ANN, 1, at(1_001_000));
    assertThat(watch.trusts(ANN)).isTrue();
    assertThat(reported).isEmpty();
  }

  @Test
  void aMessageFromTheFutureEndsTheTrustInThatPairAlone() {
    watch.observe(BEN, 1, at(1_000_000));
    watch.observe(CAI, 1, at(1_000_000));
    watch.observe(ANN, 1, at(1_001_001));
    watch.observe(ANN, 1, at(1_001_002));
    assertThat(watch.trusts(ANN)).isFalse();
    assertThat(watch.trusts(BEN)).isTrue();
    assertThat(watch.fenced()).isFalse();
    assertThat(reported).hasSize(1).first().asString().contains("server-2");
  }

  @Test
  void aMajorityOfContradictionsFencesThisServer() {
    watch.observe(BEN, 1, at(2_000_000));
    watch.observe(CAI, 1, at(1_000_000));
    assertThat(watch.fenced()).isFalse();
    watch.observe(CAI, 1, at(2_000_000));
    assertThat(watch.fenced()).isTrue();
  }

  @Test
  void aRestartedPeerIsTrustedAgain() {
    watch.observe(ANN, 1, at(2_000_000));
    watch.observe(ANN, 2, at(1_000_000));
    assertThat(watch.trusts(ANN)).isTrue();
    assertThat(watch.fenced()).isFalse();
  }
}
