package io.meridiandb.server.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** The shell at a terminal: line editing, history, completion, Ctrl-C. */
final class InteractiveShell {
  private static final int HISTORY_LINES_MAX = 10_000;

  private final SqlSession session;
  private final Shell shell;
  private final Terminal terminal;
  private final LineReader reader;

  /**
   * Makes the shell.
   *
   * @param history the file that keeps the lines typed, or null for none
   */
  InteractiveShell(
      SqlSession session, Terminal terminal, RowFormat.Kind format, @Nullable Path history) {
    this.session = session;
    this.terminal = terminal;
    this.shell = new Shell(session, terminal.writer(), terminal.writer(), format);
    Names names = new Names(session);
    shell.onSchemaChange(names::forget);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new StatementLines())
            .completer(names)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_BEEP, false)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "meridian-> ")
            .variable(LineReader.HISTORY_SIZE, HISTORY_LINES_MAX);
    if (history != null && isUsable(history)) {
      builder.variable(LineReader.HISTORY_FILE, history);
    }
    this.reader = builder.build();
  }

  private static boolean isUsable(Path history) {
    try {
      Path folder = history.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return folder != null && Files.isWritable(folder);
    } catch (IOException e) {
      return false; // a shell without a history is still a shell
    }
  }

  Shell shell() {
    return shell;
  }

  /** Reads and executes until the user leaves; the exit status. */
  int run() throws SQLException {
    terminal.writer().println(session.greeting());
    terminal.writer().println("Type \\? for help, \\q to leave.");
    while (!shell.hasQuit()) {
      String text;
      try {
        text = reader.readLine(prompt());
      } catch (UserInterruptException e) {
        continue; // Ctrl-C throws the line away
      } catch (EndOfFileException e) {
        break; // Ctrl-D
      }
      execute(text);
      if (!session.isOpen()) {
        shell.fail("The connection is closed; start the shell again to connect again.");
        return SqlCommand.CANNOT_CONNECT;
      }
    }
    return 0;
  }

  /** Ctrl-C cancels the statement as long as it runs. */
  private void execute(String text) {
    Terminal.SignalHandler before =
        terminal.handle(Terminal.Signal.INT, signal -> session.cancel());
    try (Stream<String> lines = text.lines()) {
      shell.script(lines);
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
    }
  }

  private String prompt() {
    return switch (session.transaction()) {
      case NONE -> "meridian=> ";
      case OPEN -> "meridian*> ";
      case FAILED -> "meridian!> ";
    };
  }
}
