package io.meridiandb.paxos.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.paxos.attack.JointSearchModel.Campaign;
import io.meridiandb.paxos.attack.JointSearchModel.Sent;
import io.meridiandb.paxos.attack.SearchSpace.Act;
import io.meridiandb.paxos.attack.SearchSpace.Arrive;
import io.meridiandb.paxos.attack.SearchSpace.Before;
import io.meridiandb.paxos.attack.SearchSpace.Lose;
import io.meridiandb.paxos.attack.SearchSpace.Result;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Guards C1, G5, G6 by exhaustive search over the whole production core while members change:
 * whatever is lost, late, repeated or crashes, nobody ever takes two different entries for chosen
 * at one place; and without one of the rules somebody soon does.
 */
final class JointSearchTest {
  private static final long STATES_MAX = 20_000_000;
  private static final List<Integer> ALL = List.of(1, 2, 3);

  /** A change of members, with server 3 as leader at first. */
  private enum SetUp {
    /** Three become one, and three again; a majority of the three does without that one. */
    SHRINK(3, ALL, List.of(3)),
    /** One becomes three, and one again. */
    GROW(3, List.of(3), ALL),
    /** Server 4 takes the place of server 1. */
    REPLACE(4, ALL, List.of(2, 3, 4));

    private final int size;
    private final List<Integer> begin;
    private final List<Integer> other;

    SetUp(int size, List<Integer> begin, List<Integer> other) {
      this.size = size;
      this.begin = begin;
      this.other = other;
    }

    JointSearchModel model(BrokenRule rule, boolean crashes) {
      return new JointSearchModel(size, begin, List.of(begin, other), rule, crashes);
    }

    /** Server 3 leads with the vote of server 2; server 1 has heard nothing. */
    List<Before> before() {
      return List.of(
          new Act(2, new Campaign()),
          new Arrive(1, Sent.class),
          new Arrive(2, Sent.class),
          new Arrive(1, Sent.class),
          new Arrive(2, Sent.class),
          new Lose());
    }
  }

  private static Result search(SetUp setUp, BrokenRule rule, boolean crashes, int steps) {
    long begun = System.nanoTime();
    SearchSpace space = new SearchSpace(setUp.model(rule, crashes), rule != BrokenRule.NONE);
    Result result = space.search(setUp.before(), steps, STATES_MAX);
    if (rule == BrokenRule.NONE || result.violated()) {
      System.out.printf(
          "members, %s, %s%s: %s; %d steps of single servers computed, %.1f s%n%s",
          setUp,
          rule,
          crashes ? ", crashes" : "",
          result,
          space.computed(),
          Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1000.0,
          result.trace());
    }
    return result;
  }

  private static void assertClean(SetUp setUp, boolean crashes, int steps) {
    Result result = search(setUp, BrokenRule.NONE, crashes, steps);
    assertThat(result.violated()).isFalse();
    assertThat(result.depth()).isEqualTo(steps);
  }

  @ParameterizedTest
  @CsvSource({"SHRINK, 8", "GROW, 11", "REPLACE, 7"})
  void oneEntryIsChosenAtEachPlace(String setUp, int steps) {
    assertClean(SetUp.valueOf(setUp), false, steps);
  }

  @ParameterizedTest
  @CsvSource({"SHRINK, 7", "GROW, 8", "REPLACE, 6"})
  void oneEntryIsChosenThoughServersCrash(String setUp, int steps) {
    assertClean(SetUp.valueOf(setUp), true, steps);
  }

  @Tag("deep")
  @ParameterizedTest
  @CsvSource({
    "SHRINK, false, 11", "GROW, false, 14", "REPLACE, false, 9",
    "SHRINK, true, 10", "GROW, true, 11", "REPLACE, true, 8"
  })
  void oneEntryIsChosenAtEachPlaceDeep(String setUp, boolean crashes, int steps) {
    assertClean(SetUp.valueOf(setUp), crashes, steps);
  }

  @ParameterizedTest
  @EnumSource(
      value = BrokenRule.class,
      names = {"OVERLOOKS_NEW_MEMBERS", "HIDES_ITS_LOG", "FORGETS_ITS_PROMISE"})
  void aRuleLeftOutIsFound(BrokenRule rule) {
    boolean crashes = rule == BrokenRule.FORGETS_ITS_PROMISE;
    assertThat(search(SetUp.SHRINK, rule, crashes, 10).violated()).isTrue();
  }
}
