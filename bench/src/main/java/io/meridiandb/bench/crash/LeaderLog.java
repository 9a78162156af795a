package io.meridiandb.bench.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the servers' logs tell of the leaders of group 0: when one stopped appending to hand over,
 * when the next one began (its first append is its LEADER_START), when it served. All servers have
 * the clock of one host.
 */
final class LeaderLog {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
  private static final int TIME_CHARS = 23;
  private static final Pattern STOPS = Pattern.compile("group-0 takes no more commands here");
  private static final Pattern RELEASED = Pattern.compile("group-0 is released ");
  private static final Pattern BEGINS =
      Pattern.compile(
          "elected leader of group-0 with .*: own promise after (\\d+) ms, the others' after (\\d+) ms");
  private static final Pattern SERVES = Pattern.compile(" leads group-0 with ballot");

  private final List<Path> logs;

  LeaderLog(List<Path> logs) {
    this.logs = logs;
  }

  /** A line of a server's log. */
  private record Line(Instant at, Matcher matcher) {
    Duration millis(int group) {
      return Duration.ofMillis(Long.parseLong(matcher.group(group)));
    }
  }

  /**
   * A change of leaders; null for what was not seen.
   *
   * @param stops the old one appends no more: not if it was killed
   * @param released all is chosen, and the old one has let go
   * @param begins the new one is elected, and appends
   * @param promise what its candidacy took until its own promise was durable
   * @param votes what it took from then on
   * @param serves the new one takes commands
   */
  record Change(
      @Nullable Instant stops,
      @Nullable Instant released,
      @Nullable Instant begins,
      Duration promise,
      Duration votes,
      @Nullable Instant serves) {
    /** From the stop of appends to the first append of the next leader. */
    @Nullable Duration handOver() {
      return stops == null || begins == null ? null : Duration.between(stops, begins);
    }

    /** The times since {@code begin}, in milliseconds. */
    String since(Instant begin) {
      return "appends stopped at %s, next leader elected at %s, served at %s"
          .formatted(millis(begin, stops), millis(begin, begins), millis(begin, serves));
    }

    /** Where the time of a planned hand-over went. */
    String phases() {
      Instant candidate = begins == null ? null : begins.minus(promise).minus(votes);
      return ("the last commands chosen in %s, the release under way for %s, own promise in %s, the"
              + " others' in %s, served after %s")
          .formatted(
              millis(stops, released),
              millis(released, candidate),
              millis(candidate, candidate == null ? null : candidate.plus(promise)),
              millis(candidate, candidate == null ? null : candidate.plus(votes)),
              millis(begins, serves));
    }

    private static String millis(@Nullable Instant from, @Nullable Instant to) {
      return from == null || to == null ? "?" : Duration.between(from, to).toMillis() + " ms";
    }
  }

  /** The first change after {@code begin}. */
  Change changeAfter(Instant begin) throws IOException {
    Line stops = first(STOPS, begin);
    Instant from = stops == null ? begin : stops.at();
    Line begins = first(BEGINS, from);
    return new Change(
        at(stops),
        stops == null ? null : at(first(RELEASED, from)),
        at(begins),
        begins == null ? Duration.ZERO : begins.millis(1),
        begins == null ? Duration.ZERO : begins.millis(2),
        begins == null ? null : at(first(SERVES, begins.at())));
  }

  private static @Nullable Instant at(@Nullable Line line) {
    return line == null ? null : line.at();
  }

  private @Nullable Line first(Pattern what, Instant notBefore) throws IOException {
    List<Line> found = new ArrayList<>();
    for (Path log : logs) {
      for (String line : Files.readAllLines(log)) {
        Matcher matcher = what.matcher(line);
        if (matcher.find() && !time(line).isBefore(notBefore)) {
          found.add(new Line(time(line), matcher));
        }
      }
    }
    return found.stream().min(Comparator.comparing(Line::at)).orElse(null);
  }

  private static Instant time(String line) {
    return LocalDateTime.parse(line.substring(0, TIME_CHARS), TIME)
        .atZone(ZoneId.systemDefault())
        .toInstant();
  }
}
