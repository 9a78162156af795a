package io.meridiandb.simulator.scenario;

import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.simulator.scenario.Scenario.Step;
import io.meridiandb.simulator.scenario.Scenario.WriteOutage;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.workload.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
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
 * bandwidth 500kB/s                        # of each link between regions
 * workloads bank, list-append              # else the seed draws them
 * length 60s
 * faults drawn                             # besides these; else only these
 * forces ignored                           # disks acknowledge them and do nothing
 * at 30s cut eu from us both ways          # without "both ways": nothing from eu arrives at us
 * at 35s isolate ap
 * at 40s join
 * at 41s slow eu to us by 300ms for 2s     # one direction takes longer
 * at 42s narrow us to eu to 10kB/s for 2s  # and the other one carries little
 * at 45s kill leader of accounts           # of the group that a table lies in; "leader": of group 0
 * at 46s kill server-2                     # or all servers of a region or zone
 * at 50s power off eu                      # unforced bytes are gone
 * at 52s start eu
 * at 53s pause leader for 4s
 * at 54s stall disks of us for 2s
 * at 55s fault swizzle-clog                # any kind of the catalogue
 * at 58s heal
 * expect no write outage over 5s in ap     # or without "in ap": anywhere
 * </pre>
 *
 * Times do not go back. What names a place that there is not, or a time after the end, is refused.
 */
public final class ScenarioReader {
  private static final Duration LENGTH = Duration.ofSeconds(15);
  private static final Pattern TIME = Pattern.compile("(\\d+)(ms|s|m)");
  private static final Pattern AT = Pattern.compile("at (\\S+) (.+)");
  private static final Pattern REGIONS =
      Pattern.compile("regions (.+) with (\\d+) servers? each, (\\S+)");
  private static final Pattern OUTAGE =
      Pattern.compile("expect no write outage over (\\S+)(?: in (\\S+))?");
  private static final Pattern REGION = Pattern.compile("[a-z][a-z0-9-]*");

  /** Placements need three zones; and a universe should fit into a heap. */
  private static final int SERVERS_MIN = 3;

  private static final int SERVERS_MAX = 60;
  private static final Duration TIME_MAX = Duration.ofHours(24);

  /** What can be judged only when all has been read. */
  private record Check(int line, String words, Consumer<Shape> judge) {}

  private long seed = 1;
  private Duration length = LENGTH;
  private boolean drawnFaults;
  private boolean forcesIgnored;
  private List<String> workloads = List.of();
  private @Nullable Shape shape;
  private long bandwidth;
  private final List<Step> steps = new ArrayList<>();
  private final List<WriteOutage> expectations = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final Set<String> said = new TreeSet<>();

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
      int number = i + 1;
      if (!line.isEmpty()) {
        at(number, line, () -> reader.line(number, line));
      }
    }
    Shape places = reader.shape == null ? Shape.drawnBy(reader.seed) : reader.shape;
    reader.checks.forEach(check -> at(check.line, check.words, () -> check.judge.accept(places)));
    return new Scenario(
        reader.seed,
        reader.length,
        reader.drawnFaults,
        reader.forcesIgnored,
        reader.workloads,
        reader.shape,
        reader.bandwidth,
        reader.steps,
        reader.expectations);
  }

  private static void at(int number, String line, Runnable read) {
    try {
      read.run();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "line %d, \"%s\": %s".formatted(number, line, e.getMessage()), e);
    }
  }

  private void line(int number, String line) {
    String word = line.split(" ")[0];
    String rest = line.substring(word.length()).strip();
    boolean once = !word.equals("at") && !word.equals("expect");
    if (once && !said.add(word.equals("regions") ? "servers" : word)) {
      throw new IllegalArgumentException("that was said before, in an earlier line");
    }
    switch (word) {
      case "seed" -> seed = number(rest);
      case "length" -> length = time(rest);
      case "servers" -> shape = Shape.local(servers(number(rest)));
      case "regions" -> shape = regions(line);
      case "bandwidth" -> bandwidth = Commands.rate(rest);
      case "workloads" -> workloads = workloads(rest);
      case "faults" -> drawnFaults = drawn(rest);
      case "forces" -> forcesIgnored = ignored(rest);
      case "at" -> step(number, line);
      case "expect" -> outage(number, line);
      default ->
          throw new IllegalArgumentException(
              "it begins with none of seed, servers, regions, bandwidth, workloads, length, faults, forces, at, expect");
    }
  }

  private static Shape regions(String line) {
    Matcher match = match(REGIONS, line, "regions eu, us with 1 server each, three-regions");
    String latency = match.group(3);
    List<String> names = list(match.group(1));
    for (String name : names) {
      if (!REGION.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'%s' is no name for a region: small letters, digits, '-'".formatted(name));
      }
    }
    if (new TreeSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException("each region has a name of its own");
    }
    LatencyMatrix.preset(latency, names);
    long each = Math.min(number(match.group(2)), SERVERS_MAX);
    servers(each * names.size());
    return Shape.of(names, (int) each, latency);
  }

  private static int servers(long all) {
    if (all < SERVERS_MIN || all > SERVERS_MAX) {
      throw new IllegalArgumentException(
          "a universe has %d to %d servers, not %d".formatted(SERVERS_MIN, SERVERS_MAX, all));
    }
    return (int) all;
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

  private void outage(int number, String line) {
    Matcher match = match(OUTAGE, line, "expect no write outage over 5s in ap");
    String region = match.group(2) == null ? "" : match.group(2);
    expectations.add(new WriteOutage(time(match.group(1)), region));
    checks.add(
        new Check(
            number,
            line,
            places -> {
              if (!region.isEmpty() && !places.regions().contains(region)) {
                throw new IllegalArgumentException(
                    "there is no region '%s'; there are %s".formatted(region, places.regions()));
              }
            }));
  }

  private void step(int number, String line) {
    Matcher match = match(AT, line, "at 30s kill leader");
    Duration at = time(match.group(1));
    if (!steps.isEmpty() && at.compareTo(steps.getLast().at()) < 0) {
      throw new IllegalArgumentException("the line before it is of a later time");
    }
    Commands.Command command = Commands.read(match.group(2));
    steps.add(new Step(at, "line " + number + ", \"" + line + "\"", command.action()));
    checks.add(
        new Check(
            number,
            line,
            places -> {
              command.places().forEach(place -> known(place, places));
              if (at.compareTo(length) >= 0) {
                throw new IllegalArgumentException(
                    "that is after the end; the scenario is %d s long, say \"length 60s\""
                        .formatted(length.toSeconds()));
              }
            }));
  }

  private static void known(String place, Shape places) {
    if (!Stage.isLeader(place)) {
      Stage.at(place, places);
    }
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
    long amount = Math.min(number(match.group(1)), TIME_MAX.toMillis() + 1);
    Duration time =
        switch (match.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          default -> Duration.ofMinutes(amount);
        };
    if (time.compareTo(TIME_MAX) > 0) {
      throw new IllegalArgumentException("no time may be over 24 hours, that is 1440m");
    }
    return time;
  }
}
