package io.meridiandb.paxos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.paxos.attack.SearchSpace;
import io.meridiandb.paxos.attack.SearchSpace.Result;
import io.meridiandb.paxos.lease.AgreementSearchModel.Broken;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Guards C1 and G5 by exhaustive search: whatever is lost, late, repeated or crashes, one place of
 * the log never has two chosen entries; and without one of the rules it soon has.
 */
final class AgreementSearchTest {
  private static final int STEPS = 9;
  private static final int STEPS_TO_FIND = 11;
  private static final int STEPS_DEEP = 12;
  private static final long STATES_MAX = 60_000_000;

  private static Result search(Broken broken, int steps, boolean tracing) {
    SearchSpace space = new SearchSpace(new AgreementSearchModel(broken), tracing);
    Result result = space.search(List.of(), steps, STATES_MAX);
    if (result.violated() || !tracing) {
      System.out.printf("agreement, %s: %s%n%s", broken, result, result.trace());
    }
    return result;
  }

  @Test
  void oneEntryIsChosen() {
    Result result = search(Broken.NOTHING, STEPS, false);
    assertThat(result.violated()).isFalse();
    assertThat(result.depth()).isEqualTo(STEPS);
  }

  @Test
  @Tag("deep")
  void oneEntryIsChosenDeep() {
    Result result = search(Broken.NOTHING, STEPS_DEEP, false);
    assertThat(result.violated()).isFalse();
    assertThat(result.depth()).isEqualTo(STEPS_DEEP);
  }

  @ParameterizedTest
  @EnumSource(value = Broken.class, mode = Mode.EXCLUDE, names = "NOTHING")
  void aRuleLeftOutIsFound(Broken broken) {
    for (int steps = 6; steps <= STEPS_TO_FIND; steps++) {
      if (search(broken, steps, true).violated()) {
        return;
      }
    }
    throw new AssertionError("the search does not see " + broken);
  }
}
