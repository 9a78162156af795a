package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.universe.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Placements of a run, and so its groups beside the first: tables take them in turn, so that
 * transactions of one workload span groups with leaders in different places, with replicas of all
 * types.
 */
public final class Placements {
  private static final int COUNT_MAX = 3;
  private static final int TRIES = 60;
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

  /** How many replicas of each type a placement has. */
  private enum Kind {
    THREE_FULL(3, 0, 0),
    TWO_FULL_AND_WITNESS(2, 1, 0),
    THREE_FULL_AND_READ_ONLY(3, 0, 1),
    TWO_FULL_WITNESS_AND_READ_ONLY(2, 1, 1),
    FIVE_FULL(5, 0, 0),
    THREE_FULL_AND_TWO_WITNESSES(3, 2, 0),
    TWO_FULL_WITNESS_AND_TWO_READ_ONLY(2, 1, 2);

    private final int full;
    private final int witnesses;
    private final int readOnly;

    Kind(int full, int witnesses, int readOnly) {
      this.full = full;
      this.witnesses = witnesses;
      this.readOnly = readOnly;
    }

    int all() {
      return full + witnesses + readOnly;
    }
  }

  /**
   * A placement to be made.
   *
   * @param sql the statement that makes it
   */
  public record Wanted(String name, String sql) {}

  private Placements() {}

  /** None to three placements. */
  public static List<Wanted> draw(RandomSource random, Shape shape) {
    int count = random.nextInt(COUNT_MAX + 1);
    List<Wanted> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(draw("placed_" + i, random.fork("placement-" + i), shape));
    }
    return drawn;
  }

  /** A placement of any kind that the shape has zones for, with its leader in a drawn one. */
  public static Wanted draw(String name, RandomSource random, Shape shape) {
    List<String> left = new ArrayList<>(shape.topology().zones());
    List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
    kinds.removeIf(kind -> kind.all() > left.size());
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("a placement needs three zones, not " + left);
    }
    Kind kind = kinds.get(random.nextInt(kinds.size()));
    List<String> full = take(kind.full, left, random);
    List<String> witnesses = take(kind.witnesses, left, random);
    List<String> readOnly = take(kind.readOnly, left, random);
    if (random.chance(1, 2)) { // then other servers of the regions may take over
      full = regions(full, shape);
      witnesses = regions(witnesses, shape);
      readOnly = regions(readOnly, shape);
    }
    String sql =
        "CREATE PLACEMENT IF NOT EXISTS %s OPTIONS (leader = '%s', voters = '%s'%s%s)"
            .formatted(
                name,
                full.getFirst(),
                String.join(",", full),
                option("witnesses", witnesses),
                option("read_only", readOnly));
    return new Wanted(name, sql);
  }

  private static List<String> regions(List<String> zones, Shape shape) {
    return zones.stream().map(zone -> shape.topology().at(zone).getFirst().region()).toList();
  }

  private static List<String> take(int count, List<String> left, RandomSource random) {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(left.remove(random.nextInt(left.size())));
    }
    return taken;
  }

  private static String option(String name, List<String> zones) {
    return zones.isEmpty() ? "" : ", %s = '%s'".formatted(name, String.join(",", zones));
  }

  /** Makes them, and tells the run. */
  public static void make(List<Wanted> wanted, Run run, SqlClient client)
      throws SqlFailed, LinkLost {
    List<String> names = new ArrayList<>();
    for (Wanted each : wanted) {
      patiently(client, each.sql);
      names.add(each.name);
    }
    run.placements(names);
  }

  /** Makers of groups may still be looking for each other when a universe is young. */
  private static void patiently(SqlClient client, String sql) throws SqlFailed, LinkLost {
    for (int i = 1; ; i++) {
      try {
        client.execute(sql);
        return;
      } catch (SqlFailed | LinkLost e) {
        if (i == TRIES) {
          throw e;
        }
        client.pause(RETRY_PAUSE);
      }
    }
  }
}
