package io.meridiandb.simulator.broken;

import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs ordinary universes, one seed after another, whose servers all break one rule. */
final class BrokenRuleSearch {
  private static final Duration FAULTS = Duration.ofSeconds(8);

  /** Such as {@code at PT3.2S, event 7: OneLeaseAtATime: server-1 and ...}. */
  private static final Pattern VIOLATION = Pattern.compile("at PT[^:]+: (?s)(.*)");

  private static final Pattern INVARIANT = Pattern.compile("([A-Z]\\w+): .*", Pattern.DOTALL);
  private static final Pattern WORKLOAD =
      Pattern.compile("([a-z-]+)( \\((?:certificate|cycles)\\))?: .*", Pattern.DOTALL);

  /**
   * A rule that was noticed.
   *
   * @param seeds in how many seeds, the last one included
   * @param by an invariant, a workload with its checker, or what else
   * @param words what the run said
   */
  record Noticed(int seeds, String by, String words) {}

  private BrokenRuleSearch() {}

  /**
   * Tries seeds from {@code first} on, at most so many; null if none notices. A seed that servers
   * with all rules do not pass either says nothing.
   */
  static @Nullable Noticed search(BrokenRule rule, long first, int seedsMax) {
    for (int i = 0; i < seedsMax; i++) {
      List<String> violations = violations(rule, first + i);
      if (!violations.isEmpty() && isPassedByOthers(first + i)) {
        String words = violations.getFirst();
        return new Noticed(i + 1, by(words), words);
      }
    }
    return null;
  }

  private static boolean isPassedByOthers(long seed) {
    return violations(NodeAssembly.Fittings.NONE, seed).isEmpty();
  }

  /** What one seed says. */
  static List<String> violations(NodeAssembly.Fittings rule, long seed) {
    Report report;
    try {
      report =
          new Simulation(new Simulation.Options(seed, FAULTS, false), new NodeAssembly(rule))
              .run(null);
    } catch (InvariantViolation e) {
      return List.of("at PT0S: the world broke: " + e.getMessage());
    }
    return report.violations();
  }

  /** Who noticed, from the words of a violation. */
  static String by(String violation) {
    Matcher placed = VIOLATION.matcher(violation);
    String words = placed.matches() ? placed.group(1) : violation;
    if (words.startsWith("the run broke") || words.startsWith("the world broke")) {
      boolean inside =
          words.contains("an invariant is broken") || words.contains("an invariant of");
      boolean impossible = words.contains("source=fiber.client");
      return inside
          ? "an invariant of the product"
          : impossible ? "an answer that cannot be" : "no progress";
    }
    if (words.startsWith("liveness")) {
      return "no progress";
    }
    Matcher invariant = INVARIANT.matcher(words);
    if (invariant.matches()) {
      return invariant.group(1);
    }
    Matcher workload = WORKLOAD.matcher(words);
    if (workload.matches()) {
      String checker = workload.group(2);
      return workload.group(1) + (checker == null ? "" : checker);
    }
    return words.contains(" failed in ") ? "an invariant of the product" : words;
  }
}
