package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** CLOSEs are rare only where nobody would notice (protocol C4). */
class ClosePaceTest {
  private final ClosePace pace = new ClosePace();

  private Duration closed(int times, boolean news) {
    for (int i = 0; i < times; i++) {
      pace.closed(news);
    }
    return pace.interval();
  }

  @Test
  void itBeginsBusyAndIsQuietAfterTenSecondsWithoutNews() {
    assertThat(pace.interval()).isEqualTo(ClosePace.BUSY);
    assertThat(ClosePace.BUSY.multipliedBy(ClosePace.CLOSES_WITHOUT_NEWS)).hasSeconds(10);
    assertThat(closed(ClosePace.CLOSES_WITHOUT_NEWS - 1, false)).isEqualTo(ClosePace.BUSY);
    assertThat(closed(1, false)).isEqualTo(ClosePace.QUIET);
    assertThat(closed(1_000, false)).isEqualTo(ClosePace.QUIET);
  }

  @Test
  void newsEndTheQuietAtOnceAndForTenSeconds() {
    closed(1_000, false);
    assertThat(closed(1, true)).isEqualTo(ClosePace.BUSY);
    assertThat(closed(ClosePace.CLOSES_WITHOUT_NEWS - 1, false)).isEqualTo(ClosePace.BUSY);
    assertThat(closed(1, true)).isEqualTo(ClosePace.BUSY);
    assertThat(closed(ClosePace.CLOSES_WITHOUT_NEWS - 1, false)).isEqualTo(ClosePace.BUSY);
    assertThat(closed(1, false)).isEqualTo(ClosePace.QUIET);
  }
}
