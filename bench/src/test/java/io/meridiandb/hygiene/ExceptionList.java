package io.meridiandb.hygiene;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The list of places that may break a rule, with the reason. It may only shrink: an entry that is
 * no longer needed, or allows more than is needed, fails the build, and so does one more entry than
 * {@link #ENTRIES_MAX}.
 */
final class ExceptionList {
  /** Lower it whenever an entry goes. Raising it is a decision for a review. */
  static final int ENTRIES_MAX = 3;

  static final String RESOURCE = "/hygiene/exceptions.txt";

  /** One line: {@code rule | place | measure | reason}. */
  record Entry(String rule, String place, int measure, String reason) {
    static Entry parse(String line) {
      String[] parts = line.split("\\|", -1);
      if (parts.length != 4 || parts[3].isBlank()) {
        throw new IllegalArgumentException(
            "exceptions.txt: want `rule | place | measure | reason`, got: " + line);
      }
      return new Entry(
          parts[0].strip(), parts[1].strip(), Integer.parseInt(parts[2].strip()), parts[3].strip());
    }

    boolean covers(Finding finding) {
      return rule.equals(finding.rule())
          && place.equals(finding.place())
          && finding.measure() <= measure;
    }
  }

  private final List<Entry> entries;

  private ExceptionList(List<Entry> entries) {
    this.entries = entries;
  }

  static ExceptionList load() {
    try (InputStream in = ExceptionList.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ExceptionList parse(String text) {
    return new ExceptionList(
        text.lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(Entry::parse)
            .toList());
  }

  int size() {
    return entries.size();
  }

  /** Ids that entries use and nobody checks: typing errors that would silence nothing. */
  List<String> unknownRules(Set<String> known) {
    return entries.stream().map(Entry::rule).filter(rule -> !known.contains(rule)).toList();
  }

  /**
   * What is left to repair: findings without an entry, and entries of these rules without a finding
   * or with a larger measure than it has.
   */
  List<String> apply(Set<String> rules, List<Finding> findings) {
    List<String> problems = new ArrayList<>();
    for (Finding finding : findings) {
      if (entries.stream().noneMatch(entry -> entry.covers(finding))) {
        problems.add(finding.toString());
      }
    }
    for (Entry entry : entries) {
      if (rules.contains(entry.rule()) && findings.stream().noneMatch(f -> justifies(entry, f))) {
        problems.add("exceptions.txt: no longer needed, take it out or lower it: " + entry);
      }
    }
    return problems;
  }

  private static boolean justifies(Entry entry, Finding finding) {
    return entry.covers(finding) && entry.measure() == finding.measure();
  }
}
