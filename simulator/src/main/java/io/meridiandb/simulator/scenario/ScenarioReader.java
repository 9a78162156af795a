package io.meridiandb.simulator.scenario;

import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.simulator.fault.FaultCatalog;
import io.meridiandb.simulator.fault.FaultKind;
import io.meridiandb.simulator.scenario.Scenario.Action;
import io.meridiandb.simulator.scenario.Scenario.Step;
import io.meridiandb.simulator.scenario.Scenario.WriteOutage;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.workload.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads scenarios, one thing a line; {@code #} begins a comment.
 *
 * <pre>
 * seed 42
 * servers 3                                # in one place; or:
 * regions eu, us, ap with 1 server each, three-regions
 * workloads ledger, list-append            # else the seed draws them
 * length 60s
 * faults drawn                             # besides these; else only these
 * forces ignored                           # disks acknowledge them and do nothing
 * at 30s cut eu from us both ways          # without "both ways": nothing from eu arrives at us
 * at 35s isolate ap
 * at 40s join
 * at 45s kill leader                       # or a region, zone or server: kill server-2
 * at 50s power off eu                      # unforced bytes are gone
 * at 52s start eu
 * at 53s pause leader for 4s
 * at 54s stall disks of us for 2s
 * at 55s fault swizzle-clog                # any kind of the catalogue
 * at 58s heal
 * expect no write outage over 5s in ap     # or without "in ap": anywhere
 * </pre>
 */
public final class ScenarioReader {
  private static final Duration LENGTH = Duration.ofSeconds(15);
  private static final Pattern TIME = Pattern.compile("(\\d+)(ms|s|m)");
  private static final Pattern AT = Pattern.compile("at (\\S+) (.+)");
  private static final Pattern CUT = Pattern.compile("cut (\\S+) from (\\S+?)( both ways)?");
  private static final Pattern REGIONS =
      Pattern.compile("regions (.+) with (\\d+) servers? each, (\\S+)");
  private static final Pattern OUTAGE =
      Pattern.compile("expect no write outage over (\\S+)(?: in (\\S+))?");
  private static final Pattern FOR = Pattern.compile("(pause|stall disks of) (\\S+) for (\\S+)");

  /** Marks a command that names no place. */
  private static final String ALONE = " alone";

  private long seed = 1;
  private Duration length = LENGTH;
  private boolean drawnFaults;
  private boolean forcesIgnored;
  private List<String> workloads = List.of();
  private @Nullable Shape shape;
  private final List<Step> steps = new ArrayList<>();
  private final List<WriteOutage> expectations = new ArrayList<>();

  private ScenarioReader() {}

  /**
   * Reads a scenario.
   *
   * @throws IllegalArgumentException with the line's number, if one makes no sense
   */
  public static Scenario read(String text) {
    ScenarioReader reader = new ScenarioReader();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceFirst("#.*", "").strip().replaceAll("\\s+", " ");
      try {
        if (!line.isEmpty()) {
          reader.line(line);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "line %d, \"%s\": %s".formatted(i + 1, line, e.getMessage()), e);
      }
    }
    reader.steps.sort(Comparator.comparing(Step::at));
    return new Scenario(
        reader.seed,
        reader.length,
        reader.drawnFaults,
        reader.forcesIgnored,
        reader.workloads,
        reader.shape,
        reader.steps,
        reader.expectations);
  }

  private void line(String line) {
    String word = line.split(" ")[0];
    String rest = line.substring(word.length()).strip();
    switch (word) {
      case "seed" -> seed = number(rest);
      case "length" -> length = time(rest);
      case "servers" -> shape = Shape.local((int) number(rest));
      case "regions" -> shape = regions(line);
      case "workloads" -> workloads = workloads(rest);
      case "faults" -> drawnFaults = drawn(rest);
      case "forces" -> forcesIgnored = ignored(rest);
      case "at" -> steps.add(step(line));
      case "expect" -> expectations.add(outage(line));
      default ->
          throw new IllegalArgumentException(
              "it begins with none of seed, servers, regions, workloads, length, faults, forces, at, expect");
    }
  }

  private static Shape regions(String line) {
    Matcher match = match(REGIONS, line, "regions eu, us with 1 server each, three-regions");
    String latency = match.group(3);
    List<String> names = list(match.group(1));
    LatencyMatrix.preset(latency, names);
    return Shape.of(names, (int) number(match.group(2)), latency);
  }

  private static List<String> workloads(String rest) {
    List<String> names = list(rest);
    names.stream()
        .filter(name -> !Workloads.names().contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw new IllegalArgumentException(
              "there is no workload '%s'; there are %s".formatted(name, Workloads.names()));
        });
    return names;
  }

  private static boolean drawn(String rest) {
    if (!rest.equals("drawn") && !rest.equals("none")) {
      throw new IllegalArgumentException("faults are 'drawn' or 'none'");
    }
    return rest.equals("drawn");
  }

  private static boolean ignored(String rest) {
    if (!rest.equals("ignored")) {
      throw new IllegalArgumentException("all that can be said of forces is 'forces ignored'");
    }
    return true;
  }

  private static WriteOutage outage(String line) {
    Matcher match = match(OUTAGE, line, "expect no write outage over 5s in ap");
    return new WriteOutage(time(match.group(1)), match.group(2) == null ? "" : match.group(2));
  }

  private static Step step(String line) {
    Matcher match = match(AT, line, "at 30s kill leader");
    return new Step(time(match.group(1)), line, action(match.group(2)));
  }

  private static Action action(String words) {
    Matcher cut = CUT.matcher(words);
    if (cut.matches()) {
      return stage -> stage.cut(cut.group(1), cut.group(2), cut.group(3) != null);
    }
    Matcher during = FOR.matcher(words);
    if (during.matches()) {
      return during(during.group(1), during.group(2), time(during.group(3)));
    }
    String last = words.substring(words.lastIndexOf(' ') + 1);
    boolean alone = words.indexOf(' ') < 0;
    String command = words.substring(0, words.length() - last.length()).strip();
    return switch (alone ? words + ALONE : command) {
      case "join" + ALONE -> stage -> stage.universe().joinAll();
      case "heal" + ALONE -> stage -> stage.nemesis().heal();
      case "isolate" -> stage -> stage.isolate(last);
      case "kill" -> stage -> stage.each(last, stage.universe()::kill);
      case "power off" -> stage -> stage.each(last, stage.universe()::crash);
      case "start" -> stage -> stage.each(last, stage.universe()::start);
      case "fault" -> {
        FaultKind kind = FaultCatalog.named(last);
        yield stage -> stage.strike(kind);
      }
      default ->
          throw new IllegalArgumentException(
              "nobody knows how to \"%s\"; see the examples in docs/HACKING.md".formatted(words));
    };
  }

  private static Action during(String what, String place, Duration length) {
    return what.equals("pause")
        ? stage -> stage.each(place, server -> stage.universe().world().pause(server, length))
        : stage -> stage.each(place, server -> stage.universe().world().disk(server).stall(length));
  }

  private static Matcher match(Pattern pattern, String line, String example) {
    Matcher match = pattern.matcher(line);
    if (!match.matches()) {
      throw new IllegalArgumentException("it should look like \"" + example + "\"");
    }
    return match;
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).toList();
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no whole number", e);
    }
  }

  /** A time such as 30s, 200ms or 2m. */
  static Duration time(String text) {
    Matcher match = match(TIME, text, "30s, 200ms or 2m");
    long amount = number(match.group(1));
    return switch (match.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }
}
