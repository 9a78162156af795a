package io.meridiandb.hygiene;

/**
 * One place that breaks a house rule.
 *
 * @param rule the rule's id, as written in exceptions.txt
 * @param place where: a path in the repository, {@code path#method}, or a class name; no line
 *     numbers, so that an exception survives an edit elsewhere in the file
 * @param measure how much (lines, parameters, occurrences); an exception allows no more than this
 * @param advice what to do instead
 */
record Finding(String rule, String place, int measure, String advice) {
  @Override
  public String toString() {
    return rule + " | " + place + " | " + measure + " -> " + advice;
  }
}
