package io.meridiandb.cli.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Guards that a history is judged by a time that is the servers', give or take a known error. */
class RealSettingTest {
  private static final long AHEAD = 5_000_000_000L;

  private long now = 1_000_000;

  /** Answers a read after 100 to 300 us, half of it on the way there. */
  private final class Answering implements SqlClient {
    private final LongUnaryOperator clock;
    private final RandomSource random = new SeededRandom(1);

    Answering(LongUnaryOperator clock) {
      this.clock = clock;
    }

    @Override
    public Answer execute(String sql, Value... parameters) {
      long way = 50_000 + random.nextInt(100_000);
      now += way;
      long read = clock.applyAsLong(now);
      now += way;
      return new Answer(List.of(), 0, read, List.of());
    }

    @Override
    public Ending update(String sql, Value... parameters) {
      throw new AssertionError("nothing is written");
    }

    @Override
    public Ending transaction(Body body) {
      throw new AssertionError("nothing is written");
    }

    @Override
    public RandomSource random() {
      return random;
    }

    @Override
    public void pause(Duration length) {
      now += length.toNanos();
    }
  }

  @Test
  void theServersTimeIsKnownWithinItsError() throws SqlFailed, LinkLost {
    RealSetting setting = new RealSetting(1, () -> now);
    setting.learnTime(new Answering(mine -> mine + AHEAD), "SELECT 1");
    assertThat(Math.abs(setting.trueTime().nanos() - (now + AHEAD)))
        .isLessThanOrEqualTo(setting.errorNanos());
    assertThat(setting.errorNanos()).isBetween(1L, 60_000L);
  }

  @Test
  void clocksThatAreNotOneAreRefused() {
    RealSetting setting = new RealSetting(1, () -> now);
    Answering drifting = new Answering(mine -> 2 * mine);
    assertThatThrownBy(() -> setting.learnTime(drifting, "SELECT 1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("do not fit one clock");
  }
}
