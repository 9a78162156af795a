package io.meridiandb.cli;

import io.meridiandb.bench.BenchCommand;
import io.meridiandb.bench.crash.CrashTestCommand;
import io.meridiandb.bench.crash.LeaderTestCommand;
import io.meridiandb.bench.crash.RegionTestCommand;
import io.meridiandb.cli.history.HistoryTestCommand;
import io.meridiandb.server.command.InitCommand;
import io.meridiandb.server.command.InspectCommand;
import io.meridiandb.server.command.StartCommand;
import io.meridiandb.server.command.StatusCommand;
import io.meridiandb.server.demo.DemoCommand;
import io.meridiandb.server.launcher.LogOutput;
import io.meridiandb.server.shell.SqlCommand;
import io.meridiandb.simulator.cli.SimCommand;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code ./meridian}: the root of all commands.
 *
 * <p>Exit status: 0 done, 1 the command failed, 2 wrong use. A failure is one line on the standard
 * error that says what to do; the stack trace shows only with {@code MERIDIAN_DEBUG=1}.
 *
 * <p>To add a command, write a class with {@code @Command} in the module it belongs to and name it
 * in {@code subcommands} here.
 */
@Command(
    name = "meridian",
    description = "A globally replicated SQL database that anybody can run.",
    mixinStandardHelpOptions = true,
    versionProvider = MeridianCli.Version.class,
    subcommands = {
      DemoCommand.class,
      InitCommand.class,
      StartCommand.class,
      StatusCommand.class,
      InspectCommand.class,
      SqlCommand.class,
      SimCommand.class,
      BenchCommand.class,
      CrashTestCommand.class,
      HistoryTestCommand.class,
      LeaderTestCommand.class,
      RegionTestCommand.class
    })
public final class MeridianCli implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /** Runs the command named by the arguments and ends the process with its exit status. */
  public static void main(String[] arguments) {
    if (arguments.length > 0 && arguments[0].equals("start")) {
      LogOutput.forServer();
    } else {
      LogOutput.forPeople();
    }
    System.exit(commandLine().execute(arguments));
  }

  /** The whole command tree, with its error handling; for {@link #main} and for tests. */
  public static CommandLine commandLine() {
    return new CommandLine(new MeridianCli())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((error, arguments) -> wrongUse(error))
        .setExecutionExceptionHandler((error, command, result) -> failed(error, command));
  }

  /** Without a command: says which there are. */
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  private static int wrongUse(CommandLine.ParameterException error) {
    CommandLine command = error.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    say(command, misuse(error) + "; `./" + name + " --help` shows what there is");
    return ExitCode.USAGE;
  }

  private static String misuse(CommandLine.ParameterException error) {
    if (!(error instanceof CommandLine.UnmatchedArgumentException unmatched)) {
      return firstLine(error);
    }
    List<String> meant = unmatched.getSuggestions();
    return "no command or option `"
        + unmatched.getUnmatched().getFirst()
        + "`"
        + (meant.isEmpty() ? "" : "; did you mean `" + meant.getFirst() + "`?");
  }

  private static int failed(Exception error, CommandLine command) {
    say(command, firstLine(error));
    if (System.getenv("MERIDIAN_DEBUG") != null) {
      error.printStackTrace(command.getErr());
    }
    return ExitCode.SOFTWARE;
  }

  private static void say(CommandLine command, String line) {
    PrintWriter err = command.getErr();
    err.println("meridian: " + line);
    err.flush();
  }

  private static String firstLine(Throwable error) {
    String message = error.getMessage();
    if (message == null || message.isBlank()) {
      return error.getClass().getSimpleName();
    }
    return message.strip().lines().findFirst().orElse(message);
  }

  /** The version in the jar's manifest, and the Java that runs it. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = MeridianCli.class.getPackage().getImplementationVersion();
      return new String[] {
        "Meridian "
            + (version == null ? "(not from a jar)" : version)
            + ", Java "
            + Runtime.version().feature()
      };
    }
  }
}
