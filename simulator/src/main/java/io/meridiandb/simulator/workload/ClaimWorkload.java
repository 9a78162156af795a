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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Clients that insert the same rows at the same time: each row is inserted once, by one of them.
 */
public final class ClaimWorkload implements Workload {
  private static final String CLAIM = "INSERT INTO claims (id, owner) VALUES (?, ?)";
  private static final int PAUSE_MILLIS_MAX = 40;

  /** Who comes within so long wants the same row. */
  private static final long SAME_NANOS = 50_000_000;

  private final Run run;
  private final Map<Long, Long> owners = new TreeMap<>();
  private final Set<Long> perhaps = new TreeSet<>();

  /** Reports to {@code run}. */
  public ClaimWorkload(Run run) {
    this.run = run;
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    client.execute(
        "CREATE TABLE claims (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)"
            + run.placementOf("claims"));
  }

  @Override
  public void run(int number, SqlClient client) {
    RandomSource random = client.random().fork("claims");
    while (!run.isOver()) {
      claim(client, run.trueTime().nanos() / SAME_NANOS, run.unique());
      client.pause(Duration.ofMillis(random.nextInt(PAUSE_MILLIS_MAX)));
    }
  }

  private void claim(SqlClient client, long id, long owner) {
    Ending ending = client.update(CLAIM, of(id), of(owner));
    run.ended(ending);
    if (ending.kind() == Ending.Kind.UNKNOWN) {
      perhaps.add(owner);
    } else if (ending.isCommitted()) {
      Long other = owners.putIfAbsent(id, owner);
      if (other != null) {
        run.violation("claims: %d and %d both got %d".formatted(other, owner, id));
      }
    }
  }

  @Override
  public void check(SqlClient client) {
    Map<Long, Long> found = new TreeMap<>();
    for (List<Value> row : run.surely(client, "SELECT id, owner FROM claims")) {
      found.put(row.getFirst().getInteger(), row.getLast().getInteger());
    }
    owners.forEach((id, owner) -> {
      if (!owner.equals(found.get(id))) {
        run.violation("claims: %d got %d, it belongs to %s".formatted(owner, id, found.get(id)));
      }
    });
    found.forEach((id, owner) -> {
      if (!owners.containsKey(id) && !perhaps.contains(owner)) {
        run.violation("claims: %d has %d and was refused".formatted(owner, id));
      }
    });
  }

  private static Value of(long value) {
    return Values.ofInteger(Type.Kind.BIGINT, value);
  }
}
