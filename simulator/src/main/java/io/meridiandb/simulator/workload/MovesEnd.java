package io.meridiandb.simulator.workload;

import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import java.time.Duration;

/**
 * What must be true of placements once all faults are healed: every move that was begun comes to an
 * end, whoever has to end it, and every group is led.
 */
public final class MovesEnd {
  /** A driver must miss its mover, take over, and copy; ten leases of the longest length. */
  private static final Duration BOUND = Duration.ofSeconds(60);

  private static final Duration LOOK_PAUSE = Duration.ofMillis(500);
  private static final String MOVING =
      "SELECT count(*) FROM meridian_sys.moves WHERE state = 'MOVING'";
  private static final String LEADERLESS =
      "SELECT count(*) FROM meridian_sys.groups WHERE leader IS NULL AND state <> 'DROPPED'";

  private final Run run;

  /** Reports to {@code run}. */
  public MovesEnd(Run run) {
    this.run = run;
  }

  /** Looks until it is so, or for too long. */
  public void check(SqlClient client) {
    if (run.placesNothing()) {
      return;
    }
    String last = "";
    for (long i = 0; i < BOUND.dividedBy(LOOK_PAUSE); i++) {
      try {
        long moving = count(client, MOVING);
        long leaderless = count(client, LEADERLESS);
        last = "%d moves go on, %d groups have no leader".formatted(moving, leaderless);
        if (moving == 0 && leaderless == 0) {
          return;
        }
      } catch (SqlFailed | LinkLost e) {
        last = String.valueOf(e.getMessage());
      }
      client.pause(LOOK_PAUSE);
    }
    run.violation("placements: %s after all was healed: %s".formatted(BOUND, last));
  }

  private static long count(SqlClient client, String sql) throws SqlFailed, LinkLost {
    return client.execute(sql).rows().getFirst().getFirst().getInteger();
  }
}
