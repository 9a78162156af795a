package io.meridiandb.simulator.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.simulator.broken.BrokenRuleSearch.Noticed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Guards the simulator: universes whose servers break one rule are noticed by its checkers and
 * invariants, in seeds that nobody made for it. README has the list.
 */
class BrokenRulesTest {
  private static final int QUICK_SEEDS_MAX = 20;

  /**
   * The rule that is hardest to find shows in one seed of forty: ten times as many miss nothing.
   */
  private static final int SEEDS_MAX = 400;

  private static final int STARTS = 5;
  private static final long STRIDE = 1_000;

  /** Prints which rule was noticed by whom, and how many seeds from the known one on it took. */
  @ParameterizedTest
  @EnumSource(BrokenRule.class)
  void aBrokenRuleIsNoticedSoonAfterAKnownSeed(BrokenRule rule) {
    List<String> violations = List.of();
    int seeds = 0;
    while (violations.isEmpty()) {
      assertThat(seeds).as(rule.words()).isLessThan(QUICK_SEEDS_MAX);
      violations = BrokenRuleSearch.violations(rule, rule.knownSeed() + seeds);
      seeds++;
    }
    System.out.printf(
        "broken rule found in %d seeds by %s: %s%n",
        seeds, BrokenRuleSearch.by(violations.getFirst()), rule.words());
  }

  /** Prints the list of the README: which rule, found by whom, after how many seeds. */
  @Test
  @Tag("deep")
  void aBrokenRuleIsNoticedFromWhereverOneStarts() {
    List<String> missed = new ArrayList<>();
    System.out.println("| rule that is broken | found by | seeds: median (of 5 starts) |");
    for (BrokenRule rule : BrokenRule.values()) {
      List<Integer> seeds = new ArrayList<>();
      Map<String, Integer> by = new TreeMap<>();
      for (int start = 1; start <= STARTS; start++) {
        Noticed noticed = BrokenRuleSearch.search(rule, start * STRIDE, SEEDS_MAX);
        seeds.add(noticed == null ? Integer.MAX_VALUE : noticed.seeds());
        by.merge(noticed == null ? "nobody" : noticed.by(), 1, Integer::sum);
      }
      List<Integer> sorted = new ArrayList<>(seeds);
      Collections.sort(sorted);
      System.out.printf(
          "| %s | %s | %d %s |%n",
          rule.words(), String.join(", ", by.keySet()), sorted.get(STARTS / 2), seeds);
      if (by.containsKey("nobody")) {
        missed.add(rule.words());
      }
    }
    assertThat(missed).as("not noticed within %d seeds from each start", SEEDS_MAX).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "at PT1S: OneLeaseAtATime: server-1 and server-2 both lead | OneLeaseAtATime",
        "at PT1S: long-fork (certificate): commit wait: acknowledged | long-fork (certificate)",
        "at PT1.5S: bank: 8 accounts hold 813 | bank",
        "at PT5M2S: the run broke: not reached; an invariant is broken | an invariant of the product",
        "at PT5M: the run broke: not reached; Failure[source=fiber.client] | an answer that cannot be",
        "at PT2M: the run broke: java.lang.AssertionError: not reached | no progress",
        "at PT1S: server-1 failed in server: server-1 cannot start | an invariant of the product"
      })
  void whoNoticedIsReadFromTheWords(String violation, String by) {
    assertThat(BrokenRuleSearch.by(violation)).isEqualTo(by);
  }
}
