package io.meridiandb.simulator.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guards that an application may believe the JDBC driver (protocol C7, G14), in virtual time. */
class DriverClientTest {
  private static final Duration START_MAX = Duration.ofSeconds(120);
  private static final Duration WORK_MAX = Duration.ofMinutes(10);
  private static final int INSERTS = 120;

  private final SimulatedWorld world = new SimulatedWorld(7);
  private final SimulatedUniverse universe =
      new SimulatedUniverse(world, new NodeAssembly(), Shape.local(3));
  private final RandomSource breaks = world.random("breaks");
  private final List<List<Value>> rows = new ArrayList<>();
  private boolean over;

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void whatItSaysOfATransactionsEndIsTrueThoughConnectionsBreak() {
    Map<Long, Ending.Kind> endings = new TreeMap<>();
    play(client -> {
      surely(client, "CREATE TABLE done (id BIGINT PRIMARY KEY, part BIGINT)");
      breakLinks();
      for (long id = 0; id < INSERTS; id++) {
        endings.put(id, insert(client, id).kind());
      }
      over = true;
      rows.addAll(surely(client, "SELECT id FROM done ORDER BY id").rows());
    });
    List<Long> committed =
        endings.keySet().stream().filter(id -> endings.get(id) == Ending.Kind.COMMITTED).toList();
    assertThat(rows.stream().map(row -> row.getFirst().getInteger())).isEqualTo(committed);
    assertThat(endings.values())
        .as("both must have happened")
        .contains(Ending.Kind.COMMITTED, Ending.Kind.ABORTED)
        .doesNotContain(Ending.Kind.UNKNOWN);
  }

  /** Every other one with a read before it, in one transaction. */
  private static Ending insert(SqlClient client, long id) {
    String sql = "INSERT INTO done (id, part) VALUES (?, 0)";
    return id % 2 == 0
        ? client.update(sql, of(id))
        : client.transaction(open -> {
          open.execute("SELECT part FROM done WHERE id = ?", of(id - 1));
          open.execute(sql, of(id));
        });
  }

  private void breakLinks() {
    if (!over) {
      universe.breakSomeLink();
      world.schedule(Duration.ofMillis(1 + breaks.nextInt(12)), this::breakLinks);
    }
  }

  @Test
  void aCommitAndAReadTellTheirTimestamps() {
    List<Long> times = new ArrayList<>();
    play(client -> {
      surely(client, "CREATE TABLE done (id BIGINT PRIMARY KEY, part BIGINT)");
      times.add(client.update("INSERT INTO done (id, part) VALUES (1, 1)").commitNanos());
      times.add(surely(client, "SELECT part FROM done WHERE id = 1").readNanos());
      times.add(surely(client, "SELECT part FROM done AS OF SYSTEM TIME '-1ms'").readNanos());
    });
    assertThat(times.get(0)).isPositive();
    assertThat(times.get(1)).isGreaterThanOrEqualTo(times.get(0));
    assertThat(times.get(2)).isPositive();
  }

  private static SqlClient.Answer surely(SqlClient client, String sql) {
    try {
      return client.execute(sql);
    } catch (SqlFailed | LinkLost e) {
      throw new AssertionError("nothing is wrong, but " + e.getMessage(), e);
    }
  }

  /** Runs an application on a machine of its own until it has ended. */
  private void play(Consumer<SqlClient> application) {
    universe.startAll(START_MAX);
    SimulatedUniverse.Client machine = universe.newClient();
    SqlClient client = FiberDriver.client(universe, machine);
    List<String> ended = new ArrayList<>();
    machine
        .env()
        .fibers()
        .start(
            "application",
            () -> {
              application.accept(client);
              ended.add("application");
            });
    world.runUntil(() -> !ended.isEmpty(), WORK_MAX);
    assertThat(world.failures()).isEmpty();
  }

  private static Value of(long value) {
    return Values.ofInteger(Type.Kind.BIGINT, value);
  }
}
