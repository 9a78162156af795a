package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.check.Op;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Write skew over a predicate (G2): whoever finds a slot of ten ids empty puts one row into it, so
 * no slot ever holds two; clients look at the same slot at the same time.
 */
public final class WriteSkewWorkload extends RecordedWorkload {
  private static final int SLOT = 10;
  private static final int TRIES_PER_SLOT = 3;

  private final KeyTable table;
  private long tries;

  /** Reports to {@code run}. */
  public WriteSkewWorkload(Run run) {
    super(run, "write-skew", true, 50);
    table = new KeyTable(run, "slots", 0);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    table.create(client);
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    long from = tries++ / TRIES_PER_SLOT * SLOT;
    long id = from + random.nextInt(SLOT);
    recorder()
        .readWrite(
            client,
            tape -> {
              if (table.range(tape, from, from + SLOT).isEmpty()) {
                table.insert(tape, id, unique());
              }
            });
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    table.range(tape, 0, Integer.MAX_VALUE);
  }

  @Override
  void checkLast(List<Op> seen) {
    Map<Long, Integer> bySlot = new TreeMap<>();
    for (Op op : seen) {
      if (op instanceof Op.ReadRange range) {
        range.rows().forEach(row -> bySlot.merge(row.key() / SLOT, 1, Integer::sum));
      }
    }
    bySlot.forEach((slot, rows) -> {
      if (rows > 1) {
        run().violation("write-skew: slot %d holds %d rows".formatted(slot, rows));
      }
    });
  }
}
