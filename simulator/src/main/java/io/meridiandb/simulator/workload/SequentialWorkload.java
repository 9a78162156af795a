package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;

/**
 * Sequential: a client writes into one table and, once that is acknowledged, into another; whoever
 * sees the second row and then looks for the first finds it. Each look is a query of its own.
 */
public final class SequentialWorkload extends RecordedWorkload {
  private final KeyTable first;
  private final KeyTable second;
  private long last;

  /** Reports to {@code run}. */
  public SequentialWorkload(Run run) {
    super(run, "sequential", true, 40);
    first = new KeyTable(run, "sequential_first", 0);
    second = new KeyTable(run, "sequential_second", 1);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    first.create(client);
    second.create(client);
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    if (number % 2 == 0) {
      long id = last++;
      Ending ending = recorder().readWrite(client, tape -> first.insert(tape, id, unique()));
      if (ending.isCommitted()) {
        recorder().readWrite(client, tape -> second.insert(tape, id, unique()));
      }
    } else {
      long id = Math.max(0, last - 1 - random.nextInt(3));
      query(client, tape -> second.read(tape, id));
      query(client, tape -> first.read(tape, id));
    }
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    first.range(tape, 0, Integer.MAX_VALUE);
    second.range(tape, 0, Integer.MAX_VALUE);
  }
}
