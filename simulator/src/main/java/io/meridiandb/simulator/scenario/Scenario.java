package io.meridiandb.simulator.scenario;

import io.meridiandb.simulator.universe.Shape;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run in words. See {@link ScenarioReader} for the language.
 *
 * @param seed everything that is not written follows from it
 * @param length how long clients work before all is healed
 * @param drawnFaults whether the seed draws faults besides the written ones
 * @param forcesIgnored whether disks acknowledge forces and do nothing
 * @param workloads by name; empty if the seed draws them
 * @param shape where servers stand; null if the seed draws it
 * @param bandwidth of links between regions, in bytes a second; 0 without limit
 * @param steps what happens, by rising times
 * @param expectations what must hold besides what the workloads check
 */
public record Scenario(
    long seed,
    Duration length,
    boolean drawnFaults,
    boolean forcesIgnored,
    List<String> workloads,
    @Nullable Shape shape,
    long bandwidth,
    List<Step> steps,
    List<WriteOutage> expectations) {

  public Scenario {
    workloads = List.copyOf(workloads);
    steps = List.copyOf(steps);
    expectations = List.copyOf(expectations);
  }

  /**
   * Something that happens.
   *
   * @param at after the clients have begun
   * @param words its line as it was written, and the line's number
   * @param action does it
   */
  public record Step(Duration at, String words, Action action) {
    /** Does it now; who reads what went wrong sees which line it was. */
    public void on(Stage stage) {
      stage.universe().world().say(words);
      try {
        action.on(stage);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(words + ": " + e.getMessage(), e);
      }
    }
  }

  /** Does something to a universe. */
  public interface Action {
    /** Does it now. */
    void on(Stage stage);
  }

  /**
   * Clients of a region must not wait longer than this for a write, first try to acknowledgement.
   *
   * @param region whose clients; empty for those of any
   */
  public record WriteOutage(Duration most, String region) {}
}
