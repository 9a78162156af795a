package io.meridiandb.simulator.scenario;

import io.meridiandb.simulator.fault.FaultCatalog;
import io.meridiandb.simulator.fault.FaultKind;
import io.meridiandb.simulator.scenario.Scenario.Action;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be done at a time: the words behind {@code at 30s}. */
final class Commands {
  /**
   * Something to be done, and where.
   *
   * @param places what it names: regions, zones, servers, {@code leader} or {@code leader of TABLE}
   */
  record Command(Action action, List<String> places) {}

  private static final Pattern CUT = Pattern.compile("cut (\\S+) from (\\S+?)( both ways)?");
  private static final Pattern SLOW = Pattern.compile("slow (\\S+) to (\\S+) by (\\S+) for (\\S+)");
  private static final Pattern NARROW =
      Pattern.compile("narrow (\\S+) to (\\S+) to (\\S+) for (\\S+)");
  private static final Pattern FOR = Pattern.compile("(pause|stall disks of) (.+) for (\\S+)");
  private static final Pattern AT_PLACE = Pattern.compile("(isolate|kill|power off|start) (.+)");
  private static final Pattern FAULT = Pattern.compile("fault (\\S+)");
  private static final Pattern RATE = Pattern.compile("(\\d{1,9})([kM]?)B/s");
  private static final long KILO = 1_000;

  private Commands() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if nobody knows how to do it
   */
  static Command read(String words) {
    if (words.equals("join")) {
      return new Command(stage -> stage.universe().joinAll(), List.of());
    }
    if (words.equals("heal")) {
      return new Command(stage -> stage.nemesis().heal(), List.of());
    }
    Matcher fault = FAULT.matcher(words);
    if (fault.matches()) {
      FaultKind kind = FaultCatalog.named(fault.group(1));
      return new Command(stage -> stage.strike(kind), List.of());
    }
    Matcher during = FOR.matcher(words);
    if (during.matches()) {
      return during(during.group(1), during.group(2), ScenarioReader.time(during.group(3)));
    }
    Matcher at = AT_PLACE.matcher(words);
    return at.matches() ? atPlace(at.group(1), at.group(2)) : ofLinks(words);
  }

  private static Command ofLinks(String words) {
    Matcher cut = CUT.matcher(words);
    if (cut.matches()) {
      String from = cut.group(1);
      String to = cut.group(2);
      boolean bothWays = cut.group(3) != null;
      return new Command(stage -> stage.cut(from, to, bothWays), List.of(from, to));
    }
    Matcher slow = SLOW.matcher(words);
    if (slow.matches()) {
      String from = slow.group(1);
      String to = slow.group(2);
      Duration more = ScenarioReader.time(slow.group(3));
      Duration length = ScenarioReader.time(slow.group(4));
      return new Command(stage -> stage.slow(from, to, more, length), List.of(from, to));
    }
    Matcher narrow = NARROW.matcher(words);
    if (narrow.matches()) {
      String from = narrow.group(1);
      String to = narrow.group(2);
      long rate = rate(narrow.group(3));
      Duration length = ScenarioReader.time(narrow.group(4));
      return new Command(stage -> stage.narrow(from, to, rate, length), List.of(from, to));
    }
    throw new IllegalArgumentException(
        "nobody knows how to \"%s\"; docs/SIMULATOR.md lists all that can be done"
            .formatted(words));
  }

  /** Bytes a second, such as {@code 800B/s}, {@code 10kB/s} or {@code 2MB/s}. */
  static long rate(String text) {
    Matcher rate = RATE.matcher(text);
    if (!rate.matches()) {
      throw new IllegalArgumentException("it should look like \"10kB/s\", 800B/s or 2MB/s");
    }
    long unit =
        switch (rate.group(2)) {
          case "k" -> KILO;
          case "M" -> KILO * KILO;
          default -> 1;
        };
    long bytes = Long.parseLong(rate.group(1)) * unit;
    if (bytes == 0) {
      throw new IllegalArgumentException("a link that carries nothing is cut, not narrow");
    }
    return bytes;
  }

  private static Command atPlace(String what, String place) {
    Action action =
        switch (what) {
          case "isolate" -> stage -> stage.isolate(place);
          case "kill" -> stage -> stage.each(place, stage.universe()::kill);
          case "power off" -> stage -> stage.each(place, stage.universe()::crash);
          default -> stage -> stage.each(place, stage.universe()::start);
        };
    if (what.equals("isolate") && Stage.isLeader(place)) {
      throw new IllegalArgumentException("isolate a region, a zone or a server; or kill " + place);
    }
    return new Command(action, List.of(place));
  }

  private static Command during(String what, String place, Duration length) {
    Action action =
        what.equals("pause")
            ? stage -> stage.each(place, server -> stage.universe().world().pause(server, length))
            : stage ->
                stage.each(place, server -> stage.universe().world().disk(server).stall(length));
    return new Command(action, List.of(place));
  }
}
