package io.meridiandb.server.shell;

import io.meridiandb.server.shell.SqlSession.Head;
import io.meridiandb.server.shell.SqlSession.Look;
import io.meridiandb.server.shell.SqlSession.Shape;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The commands that begin with a backslash. */
final class MetaCommands {
  static final String HELP =
      """
      Statements end with a semicolon and may have several lines.
        \\d           tables          \\d TABLE  columns, primary key and parent of a table
        \\dt          tables          \\dS       system tables and views as well
        \\x           one line for each value, on or off
        \\timing      show how long statements take, on or off
        \\format F    aligned, csv or json
        \\i FILE      execute a file
        \\q           leave (Ctrl-D does it too)
      Tab completes keywords and names, Ctrl-R searches the history, Ctrl-C cancels.
      """;

  private final Shell shell;
  private final SqlSession session;
  private final PrintWriter out;

  MetaCommands(Shell shell, SqlSession session, PrintWriter out) {
    this.shell = shell;
    this.session = session;
    this.out = out;
  }

  /** Executes a command; false if it failed. */
  boolean run(String line) {
    String text = line.endsWith(";") ? line.substring(0, line.length() - 1).strip() : line;
    String[] words = text.split("\\s+", 2);
    String argument = words.length > 1 ? words[1].strip() : "";
    try {
      switch (words[0]) {
        case "\\q", "\\quit" -> shell.quit();
        case "\\?", "\\h", "\\help" -> out.print(HELP);
        case "\\x" -> toggleExpanded(argument);
        case "\\timing" -> toggleTiming(argument);
        case "\\format" -> {
          return format(argument);
        }
        case "\\i" -> {
          return include(argument);
        }
        case "\\dt" -> tables(false);
        case "\\dS" -> tables(true);
        case "\\d" -> {
          if (!argument.isEmpty()) {
            return describe(argument);
          }
          tables(false);
        }
        default -> {
          shell.fail("ERROR: there is no command " + words[0] + "; \\? lists them");
          return false;
        }
      }
      return true;
    } catch (SQLException e) {
      shell.fail(ErrorText.of(e, ""));
      return false;
    }
  }

  private static boolean toggled(String argument, boolean now) {
    return switch (argument.toLowerCase(Locale.ROOT)) {
      case "on" -> true;
      case "off" -> false;
      default -> !now;
    };
  }

  private void toggleExpanded(String argument) {
    shell.setExpanded(toggled(argument, shell.isExpanded()));
    out.println("Expanded display is " + (shell.isExpanded() ? "on." : "off."));
  }

  private void toggleTiming(String argument) {
    shell.setTiming(toggled(argument, shell.isTiming()));
    out.println("Timing is " + (shell.isTiming() ? "on." : "off."));
  }

  private boolean format(String argument) {
    for (RowFormat.Kind kind : RowFormat.Kind.values()) {
      if (kind.name().equalsIgnoreCase(argument)) {
        shell.setFormat(kind);
        return true;
      }
    }
    shell.fail("ERROR: a format is one of aligned, csv, json");
    return false;
  }

  private boolean include(String argument) {
    if (argument.isEmpty()) {
      shell.fail("ERROR: \\i wants a file");
      return false;
    }
    return shell.file(Path.of(argument));
  }

  private void tables(boolean system) throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (SqlSession.Table table : session.tables(system)) {
      rows.add(Arrays.asList(table.schema(), table.name(), table.kind().toLowerCase(Locale.ROOT)));
    }
    if (rows.isEmpty()) {
      out.println("There are no tables.");
      return;
    }
    print(List.of("Schema", "Name", "Kind"), rows);
  }

  private boolean describe(String name) throws SQLException {
    Shape shape = session.shape(name.replace("\"", ""));
    if (shape == null) {
      shell.fail("ERROR: there is no table \"" + name + "\"; \\dt lists them");
      return false;
    }
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (SqlSession.Column column : shape.columns()) {
      rows.add(
          Arrays.asList(
              column.name(),
              column.type(),
              column.nullable() ? "" : "not null",
              column.defaultText()));
    }
    out.println("Table " + shape.name());
    print(List.of("Column", "Type", "Nullable", "Default"), rows);
    if (!shape.primaryKey().isEmpty()) {
      out.println("Primary key: (" + String.join(", ", shape.primaryKey()) + ")");
    }
    if (shape.parent() != null) {
      out.println("Interleaved in parent: " + shape.parent());
    }
    return true;
  }

  private void print(List<String> names, List<List<@Nullable String>> rows) throws SQLException {
    List<Head> heads = names.stream().map(name -> new Head(name, Look.TEXT)).toList();
    Iterator<List<@Nullable String>> all = rows.iterator();
    shell.format().write(heads, () -> all.hasNext() ? all.next() : null, out);
  }
}
