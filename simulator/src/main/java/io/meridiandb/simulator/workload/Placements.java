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
 * transactions of one workload span groups with leaders in different places.
 */
public final class Placements {
  private static final int COUNT_MAX = 2;
  private static final int TRIES = 60;
  private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

  private Placements() {}

  /** None, one or two placements, each voted on by three zones of the shape. */
  public static int draw(RandomSource random) {
    return random.nextInt(COUNT_MAX + 1);
  }

  /**
   * Makes them, and tells the run.
   *
   * @param count how many; 0 leaves all tables where they are
   */
  public static void make(int count, Shape shape, Run run, SqlClient client)
      throws SqlFailed, LinkLost {
    List<String> zones =
        shape.firstVoters().stream()
            .map(server -> shape.places().get((int) server.value() - 1).zone())
            .limit(3)
            .toList();
    if (count == 0 || zones.size() < 3) {
      return;
    }
    List<String> names = new ArrayList<>(List.of(""));
    for (int i = 0; i < count; i++) {
      String name = "placed_" + i;
      patiently(
          client,
          "CREATE PLACEMENT %s OPTIONS (leader = '%s', voters = '%s')"
              .formatted(name, zones.get((i + 1) % 3), String.join(",", zones)));
      names.add(name);
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
        client.env().fibers().sleep(RETRY_PAUSE);
      }
    }
  }
}
