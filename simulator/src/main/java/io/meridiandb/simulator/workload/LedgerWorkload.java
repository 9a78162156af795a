package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.check.Op;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bank whose total is the same at every timestamp: in strong reads, in reads of the past, and in
 * transactions, over two tables that may lie in two groups.
 */
public final class LedgerWorkload extends RecordedWorkload {
  private static final int ACCOUNTS = 5;
  private static final long START_BALANCE = 1_000;
  private static final int AMOUNT_MAX = 50;

  private final KeyTable east;
  private final KeyTable west;

  /** Reports to {@code run}. */
  public LedgerWorkload(Run run) {
    super(run, "ledger", false, 60);
    east = new KeyTable(run, "ledger_east", 0);
    west = new KeyTable(run, "ledger_west", 1);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    east.create(client);
    west.create(client);
    surely(
        client,
        tape -> {
          for (int id = 0; id < ACCOUNTS; id++) {
            east.insert(tape, id, START_BALANCE);
            west.insert(tape, id, START_BALANCE);
          }
        });
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    switch (random.nextInt(6)) {
      case 0 -> query(client, tape -> east.range(tape, 0, ACCOUNTS));
      case 1 -> recorder().past(client, Age.draw(random), tape -> west.range(tape, 0, ACCOUNTS));
      case 2 -> total(recordedTotal(client));
      default -> transfer(client, random);
    }
  }

  private @Nullable List<Op> recordedTotal(SqlClient client) {
    Tape[] used = new Tape[1];
    boolean committed =
        recorder()
            .readWrite(
                client,
                tape -> {
                  used[0] = tape;
                  readAll(tape);
                })
            .isCommitted();
    return committed && used[0] != null ? used[0].ops() : null;
  }

  private void transfer(SqlClient client, RandomSource random) {
    KeyTable from = random.chance(1, 2) ? east : west;
    KeyTable to = random.chance(1, 2) ? east : west;
    long one = random.nextInt(ACCOUNTS);
    long other = (one + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    long amount = 1L + random.nextInt(AMOUNT_MAX);
    recorder()
        .readWrite(
            client,
            tape -> {
              from.write(tape, one, from.read(tape, one) - amount);
              to.add(tape, other, amount);
            });
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    east.range(tape, 0, ACCOUNTS);
    west.range(tape, 0, ACCOUNTS);
  }

  @Override
  void checkLast(List<Op> seen) {
    total(seen);
  }

  private void total(@Nullable List<Op> seen) {
    if (seen == null) {
      return;
    }
    long total = 0;
    for (Op op : seen) {
      if (op instanceof Op.ReadRange range) {
        total += range.rows().stream().mapToLong(Op.Row::value).sum();
      }
    }
    if (total != 2 * ACCOUNTS * START_BALANCE) {
      run().violation("ledger: the accounts hold " + total + ": " + seen);
    }
  }
}
