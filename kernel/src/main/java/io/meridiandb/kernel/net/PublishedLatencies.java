package io.meridiandb.kernel.net;

import java.util.List;

/**
 * Round trips between the regions of a cloud provider; rounded, for a feeling of distance and not
 * for contracts.
 */
final class PublishedLatencies {
  /**
   * Averages in milliseconds from the public table "Latency Between AWS Global Regions" (2017),
   * rounded; routes have become a little shorter since.
   */
  static final PublishedLatencies AWS =
      new PublishedLatencies(
          List.of(
              "us-east-1",
              "eu-west-1",
              "ap-northeast-1",
              "us-west-2",
              "eu-central-1",
              "ap-southeast-1",
              "ap-southeast-2",
              "sa-east-1"),
          new int[][] {
            {},
            {81},
            {145, 212},
            {87, 137, 89},
            {89, 20, 236, 160},
            {217, 238, 74, 161, 326},
            {230, 310, 104, 162, 323, 175},
            {120, 191, 257, 183, 195, 328, 322}
          });

  /**
   * Round trips in milliseconds as they are commonly known, rounded to five; no table stands behind
   * them, so they show the order of distances and no more.
   */
  static final PublishedLatencies GCP =
      new PublishedLatencies(
          List.of(
              "us-east4",
              "europe-west1",
              "asia-northeast1",
              "us-central1",
              "us-west1",
              "asia-southeast1",
              "australia-southeast1",
              "southamerica-east1"),
          new int[][] {
            {},
            {85},
            {150, 230},
            {30, 105, 130},
            {60, 135, 90, 35},
            {215, 250, 70, 195, 160},
            {200, 280, 115, 175, 160, 95},
            {115, 200, 265, 145, 175, 330, 310}
          });

  private final List<String> regions;

  /** Below the diagonal. */
  private final int[][] millis;

  private PublishedLatencies(List<String> regions, int[][] millis) {
    this.regions = regions;
    this.millis = millis;
  }

  /** The provider's region that stands for {@code region}; more regions than it has share some. */
  String standsFor(String region, List<String> taken) {
    if (regions.contains(region)) {
      return region;
    }
    String start = region.length() < 2 ? region : region.substring(0, 2);
    List<String> free = regions.stream().filter(name -> !taken.contains(name)).toList();
    return free.stream()
        .filter(name -> name.startsWith(start))
        .findFirst()
        .or(() -> free.stream().findFirst())
        .orElseGet(() -> regions.get(taken.size() % regions.size()));
  }

  long roundTripMillis(String one, String other) {
    int i = regions.indexOf(one);
    int j = regions.indexOf(other);
    return i == j ? 1 : millis[Math.max(i, j)][Math.min(i, j)];
  }
}
