package io.meridiandb.server.shell;

import io.meridiandb.server.shell.SqlSession.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Executes statements and backslash commands and prints what they give. It reads nothing by itself:
 * a terminal, a file or a pipe feeds it.
 */
final class Shell {
  /** Files that include files that include files, at most so deep. */
  private static final int INCLUDE_DEPTH_MAX = 16;

  private final SqlSession session;
  private final PrintWriter out;
  private final PrintWriter err;
  private final MetaCommands commands;
  private RowFormat.Kind format;
  private boolean expanded;
  private boolean timing;
  private boolean quit;
  private int includeDepth;
  private Runnable schemaChanged = () -> {};

  Shell(SqlSession session, PrintWriter out, PrintWriter err, RowFormat.Kind format) {
    this.session = session;
    this.out = out;
    this.err = err;
    this.format = format;
    this.commands = new MetaCommands(this, session, out);
  }

  /** Sets who wants to know that names may have changed. */
  void onSchemaChange(Runnable listener) {
    schemaChanged = listener;
  }

  boolean isExpanded() {
    return expanded;
  }

  void setExpanded(boolean value) {
    expanded = value;
  }

  boolean isTiming() {
    return timing;
  }

  void setTiming(boolean value) {
    timing = value;
  }

  RowFormat format() {
    return RowFormat.of(format, expanded);
  }

  void setFormat(RowFormat.Kind kind) {
    format = kind;
  }

  void quit() {
    quit = true;
  }

  boolean hasQuit() {
    return quit;
  }

  /** Executes one statement; false if it failed, which is printed. */
  boolean execute(String sql) {
    long start = System.nanoTime();
    boolean done = false;
    try (Outcome outcome = session.execute(sql)) {
      print(sql, outcome);
      done = true;
    } catch (SQLException e) {
      fail(ErrorText.of(e, sql));
    }
    if (timing) {
      long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
      out.println("Time: %.3f ms".formatted(micros / 1e3));
    }
    out.flush();
    return done;
  }

  private void print(String sql, Outcome outcome) throws SQLException {
    outcome.notices().forEach(notice -> err.println("NOTICE: " + notice));
    err.flush();
    if (!outcome.heads().isEmpty()) {
      format().write(outcome.heads(), outcome::next, out);
      return;
    }
    String tag = tag(sql);
    boolean definition = tag.indexOf(' ') > 0;
    if (definition) {
      schemaChanged.run();
    }
    if (format == RowFormat.Kind.ALIGNED) {
      out.println(definition || outcome.count() < 0 ? tag : tag + " " + outcome.count());
    }
  }

  /** What a statement is called in its answer: its first word, two of a definition. */
  static String tag(String sql) {
    String[] words =
        sql.replaceAll("(?s)--[^\n]*\n|/\\*.*?\\*/", " ")
            .strip()
            .toUpperCase(Locale.ROOT)
            .split("[\\s(;]+", 3);
    boolean definition =
        words.length > 1
            && (words[0].equals("CREATE") || words[0].equals("DROP") || words[0].equals("ALTER"));
    return definition ? words[0] + " " + words[1] : words[0];
  }

  /** Prints an error. */
  void fail(String message) {
    out.flush();
    err.println(message);
    err.flush();
  }

  /** Executes a line that begins with a backslash; false if it failed. */
  boolean command(String line) {
    boolean done = commands.run(line.strip());
    out.flush();
    return done;
  }

  /** Executes a text of statements and commands up to the first failure; false if there was one. */
  boolean script(Stream<String> lines) {
    StatementSplitter splitter = new StatementSplitter();
    var all = lines.iterator();
    while (all.hasNext() && !quit) {
      String line = all.next();
      if (splitter.isBetween() && line.stripLeading().startsWith("\\")) {
        if (!command(line)) {
          return false;
        }
        continue;
      }
      splitter.add(line + "\n");
      if (!executeWhole(splitter)) {
        return false;
      }
    }
    String rest = splitter.rest();
    return quit || rest.isEmpty() || execute(rest);
  }

  /** Executes what is complete. */
  private boolean executeWhole(StatementSplitter splitter) {
    for (@Nullable String sql = splitter.next(); sql != null; sql = splitter.next()) {
      if (!execute(sql)) {
        return false;
      }
    }
    return true;
  }

  /** Executes a file; false if it cannot be read or a statement of it failed. */
  boolean file(Path path) {
    if (includeDepth == INCLUDE_DEPTH_MAX) {
      fail("ERROR: files include each other more than " + INCLUDE_DEPTH_MAX + " deep: " + path);
      return false;
    }
    includeDepth++;
    try (Stream<String> lines = Files.lines(path, StandardCharsets.UTF_8)) {
      return script(lines);
    } catch (NoSuchFileException e) {
      fail("ERROR: there is no file " + path);
      return false;
    } catch (IOException | java.io.UncheckedIOException e) {
      fail("ERROR: cannot read " + path + ": " + e.getMessage());
      return false;
    } finally {
      includeDepth--;
    }
  }
}
