package io.meridiandb.simulator.scenario;

import io.meridiandb.simulator.client.FrameClient;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.scenario.Scenario.WriteOutage;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.workload.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients that write again and again, one in each region, and note how long they had to wait. */
public final class OutageWatch {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final SimulatedUniverse universe;
  private final Run run;
  private final List<WriteOutage> expectations;
  private final List<Duration> worst = new ArrayList<>();

  /** Watches what is expected. */
  public OutageWatch(SimulatedUniverse universe, Run run, List<WriteOutage> expectations) {
    this.universe = universe;
    this.run = run;
    this.expectations = expectations;
  }

  /** Makes its table; before there are faults. */
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    if (expectations.isEmpty()) {
      return;
    }
    client.execute("CREATE TABLE outage_watch (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
    for (int i = 0; i < universe.shape().regions().size(); i++) {
      client.execute("INSERT INTO outage_watch VALUES (" + i + ", 0)");
    }
  }

  /** Starts the writing clients. */
  public void begin() {
    if (expectations.isEmpty()) {
      return;
    }
    List<String> regions = universe.shape().regions();
    for (int i = 0; i < regions.size(); i++) {
      int number = i;
      worst.add(Duration.ZERO);
      SimulatedUniverse.Client machine = universe.newClient(regions.get(i));
      SqlClient client = new FrameClient(universe, machine);
      machine.env().fibers().start("outage-watch", () -> write(number, client));
    }
  }

  private void write(int number, SqlClient client) {
    String sql = "UPDATE outage_watch SET n = n + 1 WHERE id = " + number;
    Duration asked = universe.world().elapsed();
    while (!run.isOver()) {
      boolean done = client.update(sql).isCommitted();
      Duration waited = universe.world().elapsed().minus(asked);
      if (waited.compareTo(worst.get(number)) > 0) {
        worst.set(number, waited);
      }
      client.pause(PAUSE);
      asked = done ? universe.world().elapsed() : asked;
    }
  }

  /** Says what was not as expected. */
  public void judge() {
    List<String> regions = universe.shape().regions();
    for (WriteOutage expected : expectations) {
      for (int i = 0; i < regions.size(); i++) {
        boolean asked = expected.region().isEmpty() || expected.region().equals(regions.get(i));
        if (asked && worst.get(i).compareTo(expected.most()) > 0) {
          run.violation(
              "a write in %s took %s, more than the %s expected"
                  .formatted(regions.get(i), worst.get(i), expected.most()));
        }
      }
    }
  }
}
