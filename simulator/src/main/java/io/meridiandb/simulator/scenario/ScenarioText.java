package io.meridiandb.simulator.scenario;

import java.time.Duration;
import java.util.List;

/** What a failing seed leaves behind: a scenario that is that run again. */
public final class ScenarioText {
  private ScenarioText() {}

  /**
   * A scenario of a seed.
   *
   * @param forcesIgnored whether disks acknowledged forces and did nothing
   * @param strikes what the seed drew, as comments for people
   */
  public static String of(
      long seed,
      Duration length,
      boolean forcesIgnored,
      List<String> violations,
      List<String> strikes) {
    StringBuilder text = new StringBuilder();
    text.append("# Again: ./meridian sim replay THIS-FILE --trace trace.txt\n");
    violations.forEach(
        violation -> text.append("# found ").append(oneLine(violation)).append('\n'));
    text.append("seed ").append(seed).append('\n');
    text.append("length ").append(length.toSeconds()).append("s\n");
    if (forcesIgnored) {
      text.append("forces ignored\n");
    }
    text.append("faults drawn\n");
    text.append("# What the seed draws; to play with, delete the line above and uncomment some.\n");
    strikes.forEach(strike -> text.append("# ").append(strike).append('\n'));
    return text.toString();
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
