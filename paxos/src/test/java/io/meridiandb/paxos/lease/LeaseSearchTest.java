package io.meridiandb.paxos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.paxos.attack.SearchSpace;
import io.meridiandb.paxos.attack.SearchSpace.Act;
import io.meridiandb.paxos.attack.SearchSpace.Arrive;
import io.meridiandb.paxos.attack.SearchSpace.Before;
import io.meridiandb.paxos.attack.SearchSpace.Lose;
import io.meridiandb.paxos.attack.SearchSpace.Result;
import io.meridiandb.paxos.attack.SearchSpace.Talk;
import io.meridiandb.paxos.attack.SearchWithoutBound;
import io.meridiandb.paxos.lease.LeaseSearchModel.Campaign;
import io.meridiandb.paxos.lease.LeaseSearchModel.HandOver;
import io.meridiandb.paxos.lease.LeaseSearchModel.Parts;
import io.meridiandb.paxos.lease.LeaseSearchModel.Prepare;
import io.meridiandb.paxos.lease.LeaseSearchModel.Promise;
import io.meridiandb.paxos.lease.LeaseSearchModel.Release;
import io.meridiandb.paxos.lease.LeaseSearchModel.StorePromise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Guards protocol C1, G1-G3, G7 by exhaustive search: from a universe in which server 1 leads both
 * groups, every order of messages (lost, repeated, overtaken), crashes, campaigns, hand-overs and
 * leaps of time up to a depth, with clocks at the corners of their bound. Figures stand in
 * docs/decisions/0002.
 */
final class LeaseSearchTest {
  private static final Parts REAL = new Parts() {};
  private static final List<int[]> CORNERS =
      List.of(new int[3], new int[] {1, 1, 1}, new int[] {-1, 1, 1}, new int[] {1, -1, -1});
  private static final int STEPS = 8;
  private static final int STEPS_DEEP = 12;
  private static final long STATES_MAX = 200_000_000;

  /** Server 1 leads both groups with the votes and leases of servers 1 and 2. */
  static List<Before> reign() {
    return List.of(
        new Act(0, new Campaign(1)),
        new Act(0, new Campaign(2)),
        new Arrive(1, Prepare.class),
        new Act(1, new StorePromise(1)),
        new Act(1, new StorePromise(2)),
        new Arrive(0, Promise.class),
        new Lose(),
        new Talk(0, 1));
  }

  /** A hand-over to server 2 has failed, and server 1 was elected again, by servers 1 and 3. */
  static List<Before> failedHandOver() {
    List<Before> steps = new ArrayList<>(reign());
    steps.add(new Act(0, new HandOver(1, 1)));
    steps.add(new Arrive(1, Release.class));
    steps.add(new Act(0, new Campaign(1)));
    steps.add(new Arrive(2, Prepare.class));
    steps.add(new Arrive(0, Promise.class));
    steps.add(new Talk(0, 2));
    return steps;
  }

  private static Result search(
      String name, LeaseSearchModel model, List<Before> before, int depth) {
    long begun = System.nanoTime();
    SearchSpace space = new SearchSpace(model, depth <= STEPS);

    Result result = space.search(before, depth, STATES_MAX);
    if (result.violated() || depth >= STEPS) {
      System.out.printf(
          "%s: %s; %s states of single servers, %d steps of them computed, %.1f s%n%s",
          name,
          result,
          space.nodeStates(),
          space.computed(),
          Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1000.0,
          result.trace());
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "-1, 1, 1", "1, -1, -1"})
  void noTwoLeadersAtOneTrueTime(int first, int second, int third) {
    assertClean(new int[] {first, second, third}, STEPS);
  }

  @Test
  void noTwoLeadersAfterAFailedHandOver() {
    LeaseSearchModel model = new LeaseSearchModel(REAL, new int[3]);
    assertThat(search("leases after a failed hand-over", model, failedHandOver(), 6).violated())
        .isFalse();
  }

  /** Clocks at other corners go less deep here: each step more costs nine times as much. */
  @Tag("deep")
  @ParameterizedTest
  @CsvSource({"0, 0, 0, 11", "-1, 1, 1, 10", "1, -1, -1, 10", "1, 1, 1, 10", "-1, 1, -1, 10"})
  void noTwoLeadersAtOneTrueTimeDeep(int first, int second, int third, int depth) {
    assertClean(new int[] {first, second, third}, depth);
  }

  private static void assertClean(int[] skew, int depth) {
    LeaseSearchModel model = new LeaseSearchModel(REAL, skew);
    Result result = search("leases, clocks " + Arrays.toString(skew), model, reign(), depth);
    assertThat(result.violated()).isFalse();
    assertThat(result.depth()).isEqualTo(depth);
  }

  /** All twelve steps: forty million states, in a JVM of their own because they take 4 GB. */
  @Tag("deep")
  @Test
  void noTwoLeadersAtOneTrueTimeInTwelveSteps() throws Exception {
    Process search =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx6g",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                TwelveSteps.class.getName())
            .inheritIO()
            .start();
    assertThat(search.waitFor()).isZero();
  }

  /** What the JVM of its own runs. */
  static final class TwelveSteps {
    private TwelveSteps() {}

    public static void main(String[] args) {
      assertClean(new int[3], STEPS_DEEP);
    }
  }

  /** Deepens until two leaders are met. */
  @ParameterizedTest
  @EnumSource(SearchDoubles.class)
  void aRuleLeftOutIsFound(SearchDoubles broken) {
    boolean handOver = broken == SearchDoubles.RELEASE_OF_ANY_BALLOT;
    List<Before> before = handOver ? failedHandOver() : reign();
    for (int depth = 3; depth <= 9; depth++) {
      for (int[] skew : CORNERS) {
        LeaseSearchModel model = new LeaseSearchModel(broken, skew);
        if (search(broken.toString(), model, before, depth).violated()) {
          return;
        }
      }
    }
    throw new AssertionError("the search does not see " + broken);
  }

  /** What is left out for being too far from a violation does not hide a shorter one. */
  @Tag("deep")
  @ParameterizedTest
  @CsvSource({
    "VOTES_WITHIN_LEASES, 0, 4",
    "NO_SILENCE, 0, 5",
    "NO_SILENCE_FOR_ITSELF, 0, 5",
    "EXPIRES_BY_LATEST, 1, 5",
    "RELEASE_OF_ANY_BALLOT, 0, 5",
    "NO_COUNTER, 0, 6"
  })
  void withoutTheBoundItIsFoundInAsManySteps(SearchDoubles broken, int skew, int steps) {
    boolean handOver = broken == SearchDoubles.RELEASE_OF_ANY_BALLOT;
    LeaseSearchModel model = new LeaseSearchModel(broken, new int[] {skew, skew, skew});
    Result result =
        new SearchSpace(new SearchWithoutBound(model), false)
            .search(handOver ? failedHandOver() : reign(), 6, STATES_MAX);
    assertThat(result.violated()).isTrue();
    assertThat(result.depth()).isEqualTo(steps);
  }
}
