package io.meridiandb.txn.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.txn.participant.ImpliedCommitModel.Rule;
import io.meridiandb.txn.participant.ImpliedCommitModel.State;
import io.meridiandb.txn.participant.ImpliedCommitModel.Violation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Visits every state of {@link ImpliedCommitModel} that can be reached in so many steps (protocol
 * G8, G11-G13): with all rules two deciders never differ and no writer slips under s; with any one
 * rule left out the search finds that.
 */
class ImpliedCommitSearchTest {
  private static final int STEPS = 10;
  private static final int STEPS_DEEP = 12;

  /** Visits all states breadth first; throws the first violation. */
  private static int search(int steps, Set<Rule> leftOut, boolean... reads) {
    ImpliedCommitModel model = new ImpliedCommitModel(leftOut, reads);
    Set<State> seen = new HashSet<>();
    List<State> level = List.of(model.initial());
    for (int step = 0; step < steps; step++) {
      List<State> next = new ArrayList<>();
      for (State from : level) {
        for (State to : model.next(from)) {
          if (seen.add(to)) {
            next.add(to);
          }
        }
      }
      level = next;
    }
    return seen.size();
  }

  @ParameterizedTest
  @CsvSource({"false, false, 100000", "false, true, 100000", "true, true, 100000"})
  void withAllRulesEverybodyAgrees(boolean readsFirst, boolean readsSecond, int statesAtLeast) {
    assertThat(search(STEPS, Set.of(), readsFirst, readsSecond)).isGreaterThan(statesAtLeast);
  }

  @Tag("deep")
  @ParameterizedTest
  @CsvSource({"false, false, 1000000", "false, true, 1000000", "true, true, 1000000"})
  void withAllRulesEverybodyAgreesDeeper(
      boolean readsFirst, boolean readsSecond, int statesAtLeast) {
    assertThat(search(STEPS_DEEP, Set.of(), readsFirst, readsSecond)).isGreaterThan(statesAtLeast);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void aRuleLeftOutIsFound(Rule rule) {
    assertThatThrownBy(() -> search(STEPS, EnumSet.of(rule), false, true))
        .isInstanceOf(Violation.class);
  }
}
