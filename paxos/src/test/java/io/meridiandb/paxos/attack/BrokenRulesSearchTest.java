package io.meridiandb.paxos.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.check.InvariantViolation;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers that break one rule each are noticed by random faults and checks from outside, within so
 * many seeds (README has the table); and with all rules on nothing is ever seen.
 */
final class BrokenRulesSearchTest {
  /** Too rare for random faults; what finds them instead. */
  private static final EnumSet<BrokenRule> RARE =
      EnumSet.of(
          BrokenRule.NONE,
          BrokenRule.NO_SILENCE_FOR_ITSELF, // LeaseSearchTest, scenario 4a
          BrokenRule.COUNTER_WITHOUT_INCARNATION, // LeaseSearchTest, scenario 2
          BrokenRule.RELEASE_OF_ANY_BALLOT, // LeaseSearchTest, scenario 8
          BrokenRule.KEEPS_ITS_INCARNATION, // scenario 4b
          BrokenRule.SERVES_AT_ELECTION, // scenario 5
          BrokenRule.OVERLOOKS_NEW_MEMBERS, // scenario 7: members do not change here
          BrokenRule.LEASES_TO_THE_DEAF, // scenario 13
          BrokenRule.TELLS_OF_UNCHOSEN_REMOVALS, // scenario 7b
          BrokenRule.BELIEVES_STALE_REMOVALS, // scenario 7c
          BrokenRule.CLOSES_WHAT_IT_ONCE_LED, // scenario 32a: no CLOSE here
          BrokenRule.CLOSES_BEYOND_ITS_LEASE, // scenario 32d
          BrokenRule.INHERITS_WHATEVER_CAME, // scenario 11: nobody locks here
          BrokenRule.NEVER_ASKS, // scenario 12b: needs a second group
          BrokenRule.NEVER_GIVES_WAY, // scenario 13b: needs long distances
          BrokenRule.FORGETS_BEFORE_THE_WITNESS, // scenario 38b: needs full replicas gone for ever
          BrokenRule.DROPS_ITS_LOG_AT_AN_IMAGE); // scenario 37

  private static final int SEEDS = 60;
  private static final int SEEDS_DEEP = 2_000;
  private static final int SEEDS_UNTIL_NOTICED_MAX = 600;

  private static void run(long seed, BrokenRule rule) {
    new AttackWorld(seed, rule).run(Duration.ofSeconds(12), Duration.ofSeconds(10));
  }

  @Test
  void nothingIsSeenWithAllRules() {
    for (int seed = 1; seed <= SEEDS; seed++) {
      run(seed, BrokenRule.NONE);
    }
  }

  @Test
  @Tag("deep")
  void nothingIsSeenWithAllRulesDeep() {
    for (int seed = 1_000_000; seed < 1_000_000 + SEEDS_DEEP; seed++) {
      run(seed, BrokenRule.NONE);
    }
  }

  static Set<BrokenRule> rules() {
    return EnumSet.complementOf(RARE);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aBrokenRuleIsNoticed(BrokenRule rule) {
    for (int seed = 1; seed <= SEEDS_UNTIL_NOTICED_MAX; seed++) {
      try {
        run(seed, rule);
      } catch (AttackOracle.Seen | InvariantViolation noticed) {
        System.out.println(rule + ": seed " + seed + ": " + noticed.getMessage());
        return;
      }
    }
    assertThat(rule).as("broken, and not noticed").isEqualTo(BrokenRule.NONE);
  }
}
