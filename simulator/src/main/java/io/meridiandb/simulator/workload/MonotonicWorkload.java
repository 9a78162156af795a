package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;

/**
 * Monotonic: each transaction reads the last row and adds the next one, so the order of rows, of
 * values and of commit timestamps is one order.
 */
public final class MonotonicWorkload extends RecordedWorkload {
  private static final int WINDOW = 20;

  private final KeyTable table;
  private long known;

  /** Reports to {@code run}. */
  public MonotonicWorkload(Run run) {
    super(run, "monotonic", true, 60);
    table = new KeyTable(run, "monotonic", 0);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    table.create(client);
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    long from = Math.max(0, known - WINDOW);
    if (random.chance(1, 3)) {
      query(client, tape -> table.range(tape, from, Integer.MAX_VALUE));
      return;
    }
    recorder()
        .readWrite(
            client,
            tape -> {
              long next = from + table.range(tape, from, Integer.MAX_VALUE).size();
              table.insert(tape, next, unique());
              known = Math.max(known, next);
            });
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    table.range(tape, 0, Integer.MAX_VALUE);
  }
}
