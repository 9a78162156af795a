package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;

/** Registers: transactions of one to four reads and writes over a few keys, and reads of one. */
public final class ReadWriteWorkload extends RecordedWorkload {
  private static final int KEYS = 6;
  private static final int OPS_MAX = 4;

  private final KeyTable table;
  private final KeyTable other;

  /** Reports to {@code run}. */
  public ReadWriteWorkload(Run run) {
    super(run, "read-write", true, 60);
    table = new KeyTable(run, "rw_one", 0);
    other = new KeyTable(run, "rw_two", 1);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    table.create(client);
    other.create(client);
    surely(
        client,
        tape -> {
          for (int id = 0; id < KEYS; id++) {
            table.insert(tape, id, unique());
            other.insert(tape, id, unique());
          }
        });
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    if (random.chance(1, 3)) {
      query(client, tape -> table.read(tape, random.nextInt(KEYS)));
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
                if (random.chance(2, 3)) {
                  at.read(tape, id);
                }
                if (random.chance(1, 2)) {
                  at.write(tape, id, unique());
                }
              }
            });
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    table.range(tape, 0, KEYS);
    other.range(tape, 0, KEYS);
  }
}
