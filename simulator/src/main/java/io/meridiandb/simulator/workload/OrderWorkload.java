package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Orders with their lines, written and deleted together: every read sees an order whole or not at
 * all, through a join, a scan of the interleaved rows, and a grouping.
 */
public final class OrderWorkload implements Workload {
  private static final int LINES_MAX = 5;
  private static final long CLIENT_STRIDE = 1_000_000;
  private static final String BROKEN =
      "SELECT o.id, o.size, count(*) FROM orders o JOIN lines l ON l.id = o.id"
          + " GROUP BY o.id, o.size HAVING count(*) <> o.size";

  private final Run run;
  private final Map<Long, Ending> written = new TreeMap<>();
  private final Map<Long, Ending> deleted = new TreeMap<>();

  /** Reports to {@code run}. */
  public OrderWorkload(Run run) {
    this.run = run;
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    client.execute(
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, size BIGINT NOT NULL)"
            + run.placementOf("orders"));
    client.execute(
        "CREATE TABLE lines (id BIGINT, line BIGINT, what TEXT, PRIMARY KEY (id, line))"
            + " INTERLEAVE IN PARENT orders ON DELETE CASCADE");
  }

  @Override
  public void run(int number, SqlClient client) {
    RandomSource random = client.random().fork("orders");
    long next = number * CLIENT_STRIDE;
    while (!run.isOver()) {
      switch (random.nextInt(4)) {
        case 0 -> checkWhole(run.query(client, BROKEN));
        case 1 -> delete(client, number * CLIENT_STRIDE + random.nextInt(20));
        default -> write(client, next++, 1L + random.nextInt(LINES_MAX));
      }
      client.pause(Duration.ofMillis(random.nextInt(80)));
    }
  }

  private void write(SqlClient client, long id, long size) {
    Ending ending =
        client.transaction(transaction -> {
          transaction.execute("INSERT INTO orders (id, size) VALUES (?, ?)", of(id), of(size));
          for (long line = 0; line < size; line++) {
            transaction.execute(
                "INSERT INTO lines (id, line, what) VALUES (?, ?, 'thing')", of(id), of(line));
          }
        });
    run.ended(ending);
    written.put(id, ending);
  }

  private void delete(SqlClient client, long id) {
    Ending before = deleted.get(id);
    if (before == null || before.kind() == Ending.Kind.ABORTED) {
      boolean wasWritten = written.containsKey(id);
      Ending ending = client.update("DELETE FROM orders WHERE id = ?", of(id));
      run.ended(ending);
      if (wasWritten) {
        deleted.put(id, ending);
      }
    }
  }

  @Override
  public void check(SqlClient client) {
    checkWhole(run.surely(client, BROKEN));
    Map<Long, Long> lines = new TreeMap<>();
    for (List<Value> row : run.surely(client, "SELECT id, line FROM lines")) {
      lines.merge(row.getFirst().getInteger(), 1L, Long::sum);
    }
    Map<Long, Long> orders = new TreeMap<>();
    for (List<Value> row : run.surely(client, "SELECT id, size FROM orders ORDER BY id DESC")) {
      orders.put(row.getFirst().getInteger(), row.getLast().getInteger());
    }
    if (!lines.equals(orders)) {
      run.violation("orders: sizes " + orders + ", but lines " + lines);
    }
    written.forEach((id, ending) -> {
      Ending deletion = deleted.get(id);
      boolean mustNotShow =
          ending.kind() == Ending.Kind.ABORTED || (deletion != null && deletion.isCommitted());
      boolean mustShow =
          ending.isCommitted() && (deletion == null || deletion.kind() == Ending.Kind.ABORTED);
      boolean shows = orders.containsKey(id);
      if ((shows && mustNotShow) || (!shows && mustShow)) {
        run.violation(
            "orders: %d %s, written %s, deleted %s"
                .formatted(id, shows ? "shows" : "is missing", ending, deletion));
      }
    });
  }

  private void checkWhole(@Nullable List<List<Value>> broken) {
    if (broken != null && !broken.isEmpty()) {
      run.violation("orders: not whole: " + broken.getFirst());
    }
  }

  private static Value of(long value) {
    return Values.ofInteger(Type.Kind.BIGINT, value);
  }
}
