package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;

/**
 * Long fork: rows are inserted one at a time by some, and read by the group by others; any two
 * readers must agree which of two rows came first.
 */
public final class LongForkWorkload extends RecordedWorkload {
  private static final int GROUP = 6;
  private static final int STEPS_PER_GROUP = 20;

  private final KeyTable table;
  private long steps;
  private long inserts;

  /** Reports to {@code run}. */
  public LongForkWorkload(Run run) {
    super(run, "long-fork", true, 40);
    table = new KeyTable(run, "forks", 0);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    table.create(client);
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    long group = steps++ / STEPS_PER_GROUP * GROUP;
    if (random.chance(1, 3)) {
      long id = group + inserts++ % GROUP;
      recorder().readWrite(client, tape -> table.insert(tape, id, unique()));
    } else {
      query(client, tape -> table.range(tape, group, group + GROUP));
    }
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    table.range(tape, 0, Integer.MAX_VALUE);
  }
}
