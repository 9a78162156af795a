package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A thousand groups without a leader elect some at a time, and none waits for ever. */
class ElectionsTest {
  private static final Duration COUNTED = Duration.ofMillis(500);

  private final Elections elections = new Elections(COUNTED);

  private static TTInterval at(long millis) {
    Timestamp now = new Timestamp(Duration.ofMillis(millis).toNanos());
    return new TTInterval(now.plus(Duration.ofMillis(-2)), now);
  }

  private void beginAll(long firstGroup, TTInterval now) {
    for (long i = 0; i < Elections.UNDER_WAY_MAX; i++) {
      assertThat(elections.room()).isTrue();
      elections.begin(new GroupId(firstGroup + i), now);
    }
  }

  @Test
  void soManyAtATimeAndNoMore() {
    beginAll(0, at(0));
    assertThat(elections.room()).isFalse();
    elections.look(at(100), group -> true);
    assertThat(elections.room()).isFalse();
  }

  @Test
  void oneThatHasEndedMakesRoomForOne() {
    beginAll(0, at(0));
    elections.look(at(100), group -> group.value() != 7);
    assertThat(elections.room()).isTrue();
    elections.begin(new GroupId(1_000), at(100));
    assertThat(elections.room()).isFalse();
  }

  /** Groups whose voters are away ask for ever; they hold up the others once. */
  @Test
  void oneThatLastsCountsNoLongerThanOthersNeed() {
    beginAll(0, at(0));
    elections.look(at(COUNTED.toMillis()), group -> true);
    assertThat(elections.room()).isFalse();
    elections.look(at(COUNTED.toMillis() + 1), group -> true);
    beginAll(1_000, at(COUNTED.toMillis() + 1));
    assertThat(elections.room()).isFalse();
  }

  /** A group that begins again counts anew, and once. */
  @Test
  void oneThatBeginsAgainCountsFromThen() {
    beginAll(0, at(0));
    elections.begin(new GroupId(0), at(400));
    elections.look(at(COUNTED.toMillis() + 1), group -> true);
    for (long i = 1; i < Elections.UNDER_WAY_MAX; i++) {
      assertThat(elections.room()).isTrue();
      elections.begin(new GroupId(i), at(COUNTED.toMillis() + 1));
    }
    assertThat(elections.room()).isFalse();
  }
}
