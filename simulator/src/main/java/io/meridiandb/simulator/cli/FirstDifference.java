package io.meridiandb.simulator.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares a run with the trace of an earlier one, event by event, and names the first that
 * differs. Each line of a trace holds the hash over all that came before it, so a difference that
 * has no line of its own shows in the next one.
 */
final class FirstDifference implements Consumer<String> {
  private final BufferedReader earlier;
  private String last = "nothing";
  private long lines;
  private @Nullable String found;

  FirstDifference(BufferedReader earlier) {
    this.earlier = earlier;
  }

  /** Takes what the run writes next, a line or several. */
  @Override
  public void accept(String written) {
    written.lines().filter(line -> found == null).forEach(this::compare);
  }

  private void compare(String line) {
    String before = next();
    if (line.equals(before)) {
      last = line;
    } else {
      found = words(before, line);
    }
  }

  /**
   * The run has ended.
   *
   * @return what differs first, in words; null if nothing does
   */
  @Nullable String ended() {
    if (found == null) {
      String more = next();
      found = more == null ? null : words(more, null);
    }
    return found;
  }

  private @Nullable String next() {
    lines++;
    try {
      return earlier.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException("the earlier trace cannot be read", e);
    }
  }

  private String words(@Nullable String before, @Nullable String now) {
    return "the runs differ first in line %d of the trace\n  both:    %s\n  earlier: %s\n  now:     %s"
        .formatted(lines, last, orEnd(before), orEnd(now));
  }

  private static String orEnd(@Nullable String line) {
    return line == null ? "(the end)" : line;
  }
}
