package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;

/** A set that only grows, read whole again and again: nothing acknowledged ever vanishes. */
public final class SetWorkload extends RecordedWorkload {
  private final KeyTable table;
  private long last;

  /** Reports to {@code run}. */
  public SetWorkload(Run run) {
    super(run, "set", true, 50);
    table = new KeyTable(run, "set_of_numbers", 0);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    table.create(client);
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    if (random.chance(3, 4)) {
      long id = last++;
      recorder().readWrite(client, tape -> table.insert(tape, id, unique()));
    } else {
      query(client, tape -> table.range(tape, 0, Integer.MAX_VALUE));
    }
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    table.range(tape, 0, Integer.MAX_VALUE);
  }
}
