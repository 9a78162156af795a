package io.meridiandb.bench;

import io.meridiandb.bench.load.LoadPlan;
import io.meridiandb.bench.load.LoadPlan.WarmUp;
import io.meridiandb.bench.load.LoadResult;
import io.meridiandb.bench.load.LoadRun;
import io.meridiandb.bench.load.PostgresPeer;
import io.meridiandb.bench.load.ServerProcesses;
import io.meridiandb.bench.load.Workload;
import io.meridiandb.bench.process.CommandOutput;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code ./meridian bench compare}: every workload against Meridian and a peer, one after another
 * in the same run, by the same code.
 */
@Command(
    name = "compare",
    description = "Measure all workloads beside PostgreSQL, or another peer.",
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  @Option(
      names = "--url",
      paramLabel = "JDBC-URL",
      defaultValue = BenchCommand.URL_DEFAULT,
      description = "Meridian (${DEFAULT-VALUE}).")
  private String url = BenchCommand.URL_DEFAULT;

  @Option(
      names = "--peer-url",
      paramLabel = "JDBC-URL",
      description = "The peer; without it, a PostgreSQL is started for the run.")
  private @Nullable String peerUrl;

  @Option(
      names = "--clients",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,16,64",
      description = "Numbers of clients (${DEFAULT-VALUE}).")
  private List<Integer> clients = List.of();

  @Option(
      names = "--workloads",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "kv-read,kv-update,bank",
      description = "Workloads (${DEFAULT-VALUE}).")
  private List<String> workloads = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "How long to measure each (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Rows of the key-value table (${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--server-pid",
      paramLabel = "PID",
      description =
          "A process of Meridian, for its CPU; without it, who listens on the URL's ports.")
  private List<Long> servers = List.of();

  @Mixin private CommandOutput out = new CommandOutput();

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    String peer = peerUrl;
    if (peer != null) {
      run(peer);
      return 0;
    }
    try (PostgresPeer postgres = PostgresPeer.start()) {
      run(postgres.url());
    }
    return 0;
  }

  private void run(String peer) throws SQLException, InterruptedException {
    List<Long> own = servers.isEmpty() ? ServerProcesses.listeners(url) : servers;
    List<Long> others = ServerProcesses.listeners(peer);
    for (Workload workload : Workload.all(rows)) {
      if (!workloads.contains(workload.name())) {
        continue;
      }
      for (int count : clients) {
        print(workload, url, count, own);
        print(workload, peer, count, others);
      }
    }
  }

  private void print(Workload workload, String target, int count, List<Long> processes)
      throws SQLException, InterruptedException {
    LoadPlan plan =
        new LoadPlan(target, count, WarmUp.STEADY_STATE, Duration.ofSeconds(seconds), processes);
    LoadResult result = new LoadRun(workload, plan).run();
    out.line(result.json());
  }
}
