package io.meridiandb.kernel.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far regions lie apart: the same figures for the simulator's network and for frames that real
 * processes hold back ({@code DelayingTransport}). A preset speaks of round trips, as people and
 * cloud providers do; {@link #between} gives one way, half of it.
 *
 * <p>Immutable; callable from any thread.
 */
public final class LatencyMatrix {
  /** How long frames take one way at least, and up to how much longer, evenly distributed. */
  public record Delay(long nanos, long jitterNanos) {
    /** Frames do not wait. */
    public static final Delay NONE = new Delay(0, 0);

    /** Whether frames do not wait. */
    public boolean isNone() {
      return nanos == 0 && jitterNanos == 0;
    }
  }

  /** A round trip of the paper's machines is "less than 1 ms" (Spanner OSDI'12 5.1). */
  private static final long PAPER_ROUND_TRIP_MICROS = 800;

  private static final long LOCAL_ROUND_TRIP_MICROS = 400;
  private static final Delay LOCAL = ofRoundTripMicros(LOCAL_ROUND_TRIP_MICROS, 1);

  /** Jitter of wide-area presets: up to a twentieth of the way on top. */
  private static final int WIDE_JITTER_DIVISOR = 20;

  private final String name;
  private final List<String> regions;
  private final Delay within;
  private final Map<String, Map<String, Delay>> between = new LinkedHashMap<>();

  private LatencyMatrix(String name, List<String> regions, Delay within) {
    this.name = name;
    this.regions = List.copyOf(regions);
    this.within = within;
  }

  /** The names that {@link #preset} knows. */
  public static List<String> presets() {
    return List.of("none", "lan", "three-regions", "aws", "gcp", "paper");
  }

  /**
   * A preset laid over some regions.
   *
   * <ul>
   *   <li>{@code none}: no frame waits
   *   <li>{@code lan}: 0.4 ms a round trip everywhere, plus jitter of as much
   *   <li>{@code paper}: 0.8 ms everywhere, the network of the Spanner paper's measurements
   *   <li>{@code three-regions}: round trips of 80 ms (first and second region), 120 ms (second and
   *       third) and 160 ms (first and third); a fourth region lies beside the first, and so on
   *   <li>{@code aws}, {@code gcp}: usual round trips, see {@link PublishedLatencies}; a region
   *       that has no provider's name takes the first free one whose name begins as its own does
   *       ({@code eu}, {@code us}, {@code ap}), or else the first free one
   * </ul>
   *
   * Servers of one region are a {@code lan} apart in all but {@code none} and {@code paper}.
   *
   * @param regions by name, in an order that decides who is first
   * @throws IllegalArgumentException for another name; its message lists the known ones
   */
  public static LatencyMatrix preset(String name, List<String> regions) {
    return switch (name) {
      case "none" -> new LatencyMatrix(name, regions, Delay.NONE);
      case "lan" -> uniform(name, regions, LOCAL);
      case "paper" -> uniform(name, regions, ofRoundTripMicros(PAPER_ROUND_TRIP_MICROS, 4));
      case "three-regions" -> threeRegions(regions);
      case "aws" -> published(name, regions, PublishedLatencies.AWS);
      case "gcp" -> published(name, regions, PublishedLatencies.GCP);
      default ->
          throw new IllegalArgumentException(
              "there is no latency preset '%s'; there are %s"
                  .formatted(name, String.join(", ", presets())));
    };
  }

  private static LatencyMatrix uniform(String name, List<String> regions, Delay delay) {
    LatencyMatrix matrix = new LatencyMatrix(name, regions, delay);
    for (String from : regions) {
      for (String to : regions) {
        matrix.put(from, to, delay);
      }
    }
    return matrix;
  }

  private static LatencyMatrix threeRegions(List<String> regions) {
    LatencyMatrix matrix = new LatencyMatrix("three-regions", regions, LOCAL);
    long[][] millis = {{20, 80, 160}, {80, 20, 120}, {160, 120, 20}};
    for (int i = 0; i < regions.size(); i++) {
      for (int j = 0; j < regions.size(); j++) {
        matrix.put(regions.get(i), regions.get(j), wide(millis[i % 3][j % 3]));
      }
    }
    return matrix;
  }

  private static LatencyMatrix published(
      String name, List<String> regions, PublishedLatencies table) {
    LatencyMatrix matrix = new LatencyMatrix(name, regions, LOCAL);
    List<String> stands = new ArrayList<>();
    for (String region : regions) {
      stands.add(table.standsFor(region, stands));
    }
    for (int i = 0; i < regions.size(); i++) {
      for (int j = 0; j < regions.size(); j++) {
        matrix.put(
            regions.get(i),
            regions.get(j),
            wide(table.roundTripMillis(stands.get(i), stands.get(j))));
      }
    }
    return matrix;
  }

  private static Delay wide(long roundTripMillis) {
    return ofRoundTripMicros(roundTripMillis * 1_000, WIDE_JITTER_DIVISOR);
  }

  private static Delay ofRoundTripMicros(long micros, int jitterDivisor) {
    long oneWay = micros * 1_000 / 2;
    return new Delay(oneWay, oneWay / jitterDivisor);
  }

  private void put(String from, String to, Delay delay) {
    if (!from.equals(to)) {
      between.computeIfAbsent(from, region -> new LinkedHashMap<>()).put(to, delay);
    }
  }

  /** The preset's name. */
  public String name() {
    return name;
  }

  /** The regions it was laid over, in their order. */
  public List<String> regions() {
    return regions;
  }

  /** One way from a region to another; a region that it was not laid over is as near as its own. */
  public Delay between(String from, String to) {
    return between.getOrDefault(from, Map.of()).getOrDefault(to, within);
  }

  /** Round trip without jitter, in microseconds. */
  public long roundTripMicros(String one, String other) {
    return (between(one, other).nanos() + between(other, one).nanos()) / 1_000;
  }

  @Override
  public String toString() {
    return name + " over " + regions;
  }
}
