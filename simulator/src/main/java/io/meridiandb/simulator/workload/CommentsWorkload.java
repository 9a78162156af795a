package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.check.Op;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import java.util.List;

/**
 * "Comments", or causal reverse: whoever sees a comment sees every one that was acknowledged before
 * it was written, in whichever table they lie. Databases without commit wait fail it.
 */
public final class CommentsWorkload extends RecordedWorkload {
  private static final int WINDOW = 30;

  private final KeyTable one;
  private final KeyTable two;
  private long last;

  /** Reports to {@code run}. */
  public CommentsWorkload(Run run) {
    super(run, "comments", true, 40);
    one = new KeyTable(run, "comments_one", 0);
    two = new KeyTable(run, "comments_two", 1);
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    one.create(client);
    two.create(client);
  }

  @Override
  void step(int number, SqlClient client, RandomSource random) {
    if (random.chance(1, 2)) {
      long id = last++;
      recorder().readWrite(client, tape -> (id % 2 == 0 ? one : two).insert(tape, id, unique()));
    } else {
      long from = Math.max(0, last - WINDOW);
      recorder()
          .readWrite(
              client,
              tape -> {
                two.range(tape, from, from + 2 * WINDOW);
                one.range(tape, from, from + 2 * WINDOW);
              });
    }
  }

  @Override
  void readAll(Tape tape) throws SqlFailed, LinkLost {
    one.range(tape, 0, Integer.MAX_VALUE);
    two.range(tape, 0, Integer.MAX_VALUE);
  }

  @Override
  void checkLast(List<Op> seen) {
    long rows =
        seen.stream()
            .mapToLong(op -> op instanceof Op.ReadRange range ? range.rows().size() : 0)
            .sum();
    if (rows > last) {
      run().violation("comments: %d rows of %d written".formatted(rows, last));
    }
  }
}
