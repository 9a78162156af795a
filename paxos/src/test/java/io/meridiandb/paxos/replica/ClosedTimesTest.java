package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards protocol G20 at a follower: attack 32, one case each. */
final class ClosedTimesTest {
  private static final Ballot FIRST = new Ballot(1, new ServerId(1), 1);
  private static final Ballot SECOND = new Ballot(2, new ServerId(2), 1);

  private final ClosedTimes closed = new ClosedTimes();

  private static Timestamp t(long nanos) {
    return new Timestamp(nanos);
  }

  /** 32c: an ACCEPT was lost on the way, the CLOSE after it was not. */
  @Test
  void aPromiseCountsOnlyOnceItsEntryIsApplied() {
    closed.offer(FIRST, 57, t(100));
    closed.advance(56, FIRST);
    assertThat(closed.closed()).isEqualTo(Timestamp.MIN);
    closed.advance(57, FIRST);
    assertThat(closed.closed()).isEqualTo(t(100));
  }

  /** 32b: what one leader promised is not said of another's log. */
  @Test
  void aPromiseOfAnEarlierLeaderDoesNotCountOnceTheLogIsAnothers() {
    closed.offer(FIRST, 57, t(100));
    closed.advance(57, SECOND);
    assertThat(closed.closed()).isEqualTo(Timestamp.MIN);
    closed.offer(FIRST, 58, t(110));
    closed.offer(SECOND, 58, t(200));
    closed.advance(58, SECOND);
    assertThat(closed.closed()).isEqualTo(t(200));
  }

  @Test
  void itNeverFalls() {
    closed.offer(FIRST, 5, t(100));
    closed.advance(5, FIRST);
    closed.offer(SECOND, 5, t(90));
    closed.advance(5, SECOND);
    assertThat(closed.closed()).isEqualTo(t(100));
  }

  /** A follower that lags for long still gets on: old promises are kept before new ones. */
  @Test
  void aLaggingFollowerUsesWhatItReaches() {
    for (int i = 1; i <= 1_000; i++) {
      closed.offer(FIRST, i, t(i));
    }
    closed.advance(10, FIRST);
    assertThat(closed.closed()).isEqualTo(t(10));
    closed.advance(1_000, FIRST);
    assertThat(closed.closed()).isEqualTo(t(1_000));
  }

  @Test
  void whoWaitsIsToldInOrder() {
    List<String> told = new ArrayList<>();
    closed.await(t(20), () -> told.add("20"));
    closed.await(t(10), () -> told.add("10"));
    closed.await(t(30), () -> told.add("30"));
    closed.raise(t(25));
    assertThat(told).containsExactly("10", "20");
    assertThat(closed.awaited()).isTrue();
  }
}
