package io.meridiandb.server.shell;

import io.meridiandb.wire.WireLimits;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./meridian sql}: executes statements from the command line, files or a pipe, or talks to a
 * person at a terminal.
 *
 * <p>Exit status: 0 done; 1 a statement failed (the rest is not executed); 2 wrong use; 3 no
 * connection.
 */
@Command(
    name = "sql",
    description = "Execute SQL: interactively, or from -c, -f or standard input.",
    mixinStandardHelpOptions = true,
    footer = "Exit status: 0 done, 1 a statement failed, 2 wrong use, 3 no connection.")
public final class SqlCommand implements Callable<Integer> {
  static final int STATEMENT_FAILED = 1;
  static final int CANNOT_CONNECT = 3;

  /** Opens the session; tests put another in its place. */
  interface Connecting {
    SqlSession connect(String url) throws SQLException;
  }

  @Option(
      names = "--url",
      paramLabel = "JDBC-URL",
      description = "What to connect to; any JDBC URL.")
  private @Nullable String url;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Server, if no URL is given (127.0.0.1).")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port, if no URL is given (" + WireLimits.SQL_PORT_DEFAULT + ").")
  private @Nullable Integer port;

  @Option(
      names = {"-c", "--command"},
      paramLabel = "SQL",
      description = "Execute these statements and leave; may be given several times.")
  private List<String> commands = List.of();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Execute this file and leave; may be given several times.")
  private List<Path> files = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "How rows are written: aligned, csv or json (aligned).")
  private RowFormat.Kind format = RowFormat.Kind.ALIGNED;

  @Option(
      names = {"-x", "--expanded"},
      description = "One line for each value.")
  private boolean expanded;

  @Option(names = "--timing", description = "Show how long statements take.")
  private boolean timing;

  @Spec private @Nullable CommandSpec spec;

  private final Connecting connecting;
  private final InputStream in;
  private final boolean atTerminal;

  /** For the command line. */
  public SqlCommand() {
    this(new LocalConnecting(), System.in, isTerminal());
  }

  SqlCommand(Connecting connecting, InputStream in, boolean atTerminal) {
    this.connecting = connecting;
    this.in = in;
    this.atTerminal = atTerminal;
  }

  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  @Override
  public Integer call() throws IOException, SQLException {
    CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
    String target = target(line);
    PrintWriter out = line.getOut();
    PrintWriter err = line.getErr();
    SqlSession session;
    try {
      session = connecting.connect(target);
    } catch (SQLException e) {
      err.println("meridian: " + String.valueOf(e.getMessage()).replace("\n  Hint:", "."));
      err.flush();
      return CANNOT_CONNECT;
    }
    try (session) {
      if (commands.isEmpty() && files.isEmpty() && atTerminal) {
        return interactive(session);
      }
      Shell shell = new Shell(session, out, err, format);
      shell.setExpanded(expanded);
      shell.setTiming(timing);
      return batch(shell) ? 0 : STATEMENT_FAILED;
    }
  }

  private String target(CommandLine line) {
    if (url == null) {
      return "jdbc:meridian://%s:%d/main"
          .formatted(
              host == null ? LocalConnecting.HOST : host,
              port == null ? WireLimits.SQL_PORT_DEFAULT : port);
    }
    if (host != null || port != null) {
      throw new CommandLine.ParameterException(
          line, "--url stands for itself: leave --host and --port out");
    }
    return url;
  }

  private boolean batch(Shell shell) throws IOException {
    for (String command : commands) {
      if (!shell.script(command.lines())) {
        return false;
      }
    }
    for (Path file : files) {
      if (!shell.file(file)) {
        return false;
      }
    }
    if (!commands.isEmpty() || !files.isEmpty()) {
      return true;
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return shell.script(lines.lines());
    }
  }

  private int interactive(SqlSession session) throws IOException, SQLException {
    Path history = Path.of(System.getProperty("user.home"), ".meridian", "history");
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      InteractiveShell shell = new InteractiveShell(session, terminal, format, history);
      shell.shell().setExpanded(expanded);
      shell.shell().setTiming(timing);
      return shell.run();
    }
  }
}
