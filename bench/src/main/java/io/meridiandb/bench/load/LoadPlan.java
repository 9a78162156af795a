package io.meridiandb.bench.load;

import java.time.Duration;
import java.util.List;

/**
 * How a workload is run.
 *
 * @param url the JDBC URL
 * @param clients connections that work at the same time
 * @param warmUp how long to work before measuring
 * @param measured how long to measure
 * @param servers processes of the servers, whose CPU is counted with their children's
 */
public record LoadPlan(
    String url, int clients, Duration warmUp, Duration measured, List<Long> servers) {
  /** Copies the list. */
  public LoadPlan {
    servers = List.copyOf(servers);
  }
}
