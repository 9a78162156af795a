package io.meridiandb.bench.process;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Where a command that measures says what it found: a picocli mixin. Lines go to the writer of the
 * command line, or to standard output where a command is called without one.
 */
@Command
public final class CommandOutput {
  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  /** Prints a line and flushes it. */
  public void say(String format, @Nullable Object... args) {
    line(format.formatted(args));
  }

  /** Prints a line as it is and flushes it. */
  public void line(String text) {
    PrintWriter out =
        command == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : command.commandLine().getOut();
    out.println(text);
    out.flush();
  }

  /**
   * Refuses options that cannot be meant.
   *
   * @param rule what they have to be, for people
   * @throws ParameterException if {@code holds} is false
   */
  public void require(boolean holds, String rule) {
    if (!holds) {
      throw new ParameterException(
          command == null ? new CommandLine(this) : command.commandLine(), rule);
    }
  }
}
