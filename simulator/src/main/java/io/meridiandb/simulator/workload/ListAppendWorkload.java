package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;

/** Lists that only grow: each read shows the order of all that was appended before. */
public final class ListAppendWorkload extends RecordedWorkload {
  private static final int KEYS = 4;
  private static final int OPS_MAX = 4;

  private final KeyTable table;
  private final KeyTable other;

  /** Reports to {@code run}. */
  public ListAppendWorkload(Run run) {
    super(run, "list-append", true, 80);
    table = new KeyTable(run, "lists_one", 0);
    other = new KeyTable(run, "lists_two", 1);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    table.createLists(client);
    other.createLists(client);
    surely(
        client,
        tape -> {
          for (int id = 0; id < KEYS; id++) {
            table.insertList(tape, id);
            other.insertList(tape, id);
          }
        });
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    if (random.chance(1, 4)) {
      query(client, tape -> table.readList(tape, random.nextInt(KEYS)));
      return;
    }
    int ops = 1 + random.nextInt(OPS_MAX);
    recorder()
        .readWrite(
            client,
            tape -> {
              for (int i = 0; i < ops; i++) {
                KeyTable at = random.chance(1, 2) ? table : other;
                long id = random.nextInt(KEYS);
                if (random.chance(1, 2)) {
                  at.readList(tape, id);
                } else {
                  at.append(tape, id, unique());
                }
              }
            });
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    for (int id = 0; id < KEYS; id++) {
      table.readList(tape, id);
      other.readList(tape, id);
    }
  }
}
