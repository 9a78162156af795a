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

/** Inserts: an acknowledged row is there for ever, one that was refused never shows. */
public final class InsertWorkload implements Workload {
  private static final String INSERT =
      "INSERT INTO inserts (client, number, note) VALUES (?, ?, ?)";
  private static final int ATTEMPTS_MAX = 3;
  private static final long CLIENT_STRIDE = 1_000_000;

  private final Run run;
  private final Map<Long, Ending> endings = new TreeMap<>();

  /** Reports to {@code run}. */
  public InsertWorkload(Run run) {
    this.run = run;
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    client.execute(
        "CREATE TABLE inserts (client BIGINT, number BIGINT, note TEXT,"
            + " PRIMARY KEY (client, number))"
            + run.placementOf("inserts"));
  }

  @Override
  public void run(int number, SqlClient client) {
    RandomSource random = client.random().fork("inserts");
    for (long i = 0; !run.isOver(); i++) {
      insert(client, number, i);
      client.pause(Duration.ofMillis(random.nextInt(40)));
    }
  }

  private void insert(SqlClient client, long number, long i) {
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      Ending ending =
          client.update(INSERT, of(number), of(i), Values.ofText(Type.Kind.TEXT, "row " + i));
      run.ended(ending);
      endings.put(number * CLIENT_STRIDE + i, ending);
      if (ending.why().startsWith("23505")) {
        run.violation("inserts: row %d/%d exists, but was refused before".formatted(number, i));
      }
      if (ending.kind() != Ending.Kind.ABORTED) {
        return;
      }
    }
  }

  @Override
  public void check(SqlClient client) {
    Map<Long, Integer> found = new TreeMap<>();
    for (List<Value> row : run.surely(client, "SELECT client, number FROM inserts")) {
      found.merge(
          row.get(0).getInteger() * CLIENT_STRIDE + row.get(1).getInteger(), 1, Integer::sum);
    }
    endings.forEach((key, ending) -> {
      int times = found.getOrDefault(key, 0);
      boolean right =
          switch (ending.kind()) {
            case COMMITTED -> times == 1;
            case ABORTED -> times == 0;
            case UNKNOWN -> times <= 1;
          };
      if (!right) {
        run.violation("inserts: row %d shows %d times, but %s".formatted(key, times, ending));
      }
    });
    found.keySet().stream()
        .filter(key -> !endings.containsKey(key))
        .forEach(key -> run.violation("inserts: row " + key + " was never written"));
  }

  private static Value of(long value) {
    return Values.ofInteger(Type.Kind.BIGINT, value);
  }
}
