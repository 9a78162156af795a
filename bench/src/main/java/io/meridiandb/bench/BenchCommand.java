package io.meridiandb.bench;

import io.meridiandb.bench.layers.LayersCommand;
import io.meridiandb.bench.load.LoadPlan;
import io.meridiandb.bench.load.LoadPlan.WarmUp;
import io.meridiandb.bench.load.LoadRun;
import io.meridiandb.bench.load.ServerProcesses;
import io.meridiandb.bench.load.Workload;
import io.meridiandb.bench.replication.IdleGroupsCommand;
import io.meridiandb.bench.replication.LogCommand;
import io.meridiandb.bench.replication.LogServerCommand;
import io.meridiandb.bench.replication.SimulatorCommand;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./meridian bench}: load through JDBC, one line of JSON for each run. */
@Command(
    name = "bench",
    description = "Measure a workload through JDBC, against Meridian or any other database.",
    subcommands = {
      CompareCommand.class,
      LayersCommand.class,
      LogCommand.class,
      IdleGroupsCommand.class,
      LogServerCommand.class,
      SimulatorCommand.class
    },
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  static final String URL_DEFAULT = "jdbc:meridian://localhost:7411/main";

  @Parameters(
      index = "0",
      arity = "0..1", // not wanted before a subcommand
      paramLabel = "WORKLOAD",
      description = "kv-read, kv-update or bank.")
  private String workload = "";

  @Option(
      names = "--url",
      paramLabel = "JDBC-URL",
      defaultValue = URL_DEFAULT,
      description = "The database (${DEFAULT-VALUE}).")
  private String url = URL_DEFAULT;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "1",
      description = "Connections that work at the same time (${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to measure (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description =
          "How long to work before measuring; without it, until the CPU of an operation"
              + " stands still.")
  private int warmUp = -1;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Rows of the key-value table (${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--server-pid",
      paramLabel = "PID",
      description = "A server's process, for its CPU; without it, who listens on the URL's ports.")
  private List<Long> servers = List.of();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws SQLException, InterruptedException {
    CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
    if (clients < 1 || seconds < 1 || rows < 1 || warmUp < -1) {
      throw new CommandLine.ParameterException(
          line, "--clients, --seconds and --rows are at least 1, --warm-up at least 0");
    }
    LoadPlan plan =
        new LoadPlan(
            url,
            clients,
            warmUp < 0 ? WarmUp.STEADY_STATE : WarmUp.fixed(Duration.ofSeconds(warmUp)),
            Duration.ofSeconds(seconds),
            servers.isEmpty() ? ServerProcesses.listeners(url) : servers);
    line.getOut().println(new LoadRun(find(line), plan).run().json());
    line.getOut().flush();
    return 0;
  }

  private Workload find(CommandLine line) {
    List<Workload> all = Workload.all(rows);
    return all.stream()
        .filter(each -> each.name().equals(workload))
        .findFirst()
        .orElseThrow(() ->
            new CommandLine.ParameterException(
                line,
                "no workload `%s`; there are %s"
                    .formatted(
                        workload, String.join(", ", all.stream().map(Workload::name).toList()))));
  }
}
