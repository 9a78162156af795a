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
  private static final Pattern BEGINS = Pattern.compile("elected leader of group-0 ");
  private static final Pattern SERVES = Pattern.compile(" leads group-0 with ballot");

  private final List<Path> logs;

  LeaderLog(List<Path> logs) {
    this.logs = logs;
  }

  /**
   * A change of leaders; null for what was not seen.
   *
   * @param stops the old one appends no more: not if it was killed
   * @param begins the new one is elected, and appends
   * @param serves the new one takes commands
   */
  record Change(@Nullable Instant stops, @Nullable Instant begins, @Nullable Instant serves) {
    /** From the stop of appends to the first append of the next leader. */
    @Nullable Duration handOver() {
      return stops == null || begins == null ? null : Duration.between(stops, begins);
    }

    /** The times since {@code begin}, in milliseconds. */
    String since(Instant begin) {
      return "appends stopped at %s, next leader elected at %s, served at %s"
          .formatted(millis(begin, stops), millis(begin, begins), millis(begin, serves));
    }

    private static String millis(Instant begin, @Nullable Instant at) {
      return at == null ? "?" : Duration.between(begin, at).toMillis() + " ms";
    }
  }

  /** The first change after {@code begin}. */
  Change changeAfter(Instant begin) throws IOException {
    Instant stops = first(STOPS, begin);
    Instant from = stops == null ? begin : stops;
    Instant begins = first(BEGINS, from);
    return new Change(stops, begins, begins == null ? null : first(SERVES, begins));
  }

  private @Nullable Instant first(Pattern what, Instant notBefore) throws IOException {
    List<Instant> found = new ArrayList<>();
    for (Path log : logs) {
      for (String line : Files.readAllLines(log)) {
        Matcher matcher = what.matcher(line);
        if (matcher.find()) {
          Instant at = time(line);
          if (!at.isBefore(notBefore)) {
            found.add(at);
          }
        }
      }
    }
    return found.stream().min(Instant::compareTo).orElse(null);
  }

  private static Instant time(String line) {
    return LocalDateTime.parse(line.substring(0, TIME_CHARS), TIME)
        .atZone(ZoneId.systemDefault())
        .toInstant();
  }
}
