package io.meridiandb.simulator.spike;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Guards decision 0001: Calcite's planning on fibers does not disturb determinism. */
class PlannerWorldTest {
  private static final Duration LENGTH = Duration.ofMillis(300);

  @Test
  void oneSeedGivesOneHashWithCalciteOnFibers() {
    for (long seed = 1; seed <= 2; seed++) {
      PlannerWorld.Result first = PlannerWorld.run(seed, LENGTH);
      assertThat(PlannerWorld.run(seed, LENGTH)).isEqualTo(first);
      assertThat(first.plans()).isGreaterThan(30);
    }
    assertThat(PlannerWorld.run(1, LENGTH).hash()).isNotEqualTo(PlannerWorld.run(2, LENGTH).hash());
  }
}
