package io.meridiandb.server.demo;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the tour shows: numbered steps, each with its statement, its answer and its time. */
final class TourScreen {
  private static final int WIDTH_MAX = 60;
  private static final double NANOS_PER_MILLI = 1e6;

  private final PrintWriter out;
  private int step;

  TourScreen(PrintWriter out) {
    this.out = out;
  }

  /** A new step. */
  void step(String title) {
    out.println();
    out.println("%d. %s".formatted(++step, title));
    out.flush();
  }

  /** A line of text below the step. */
  void say(String format, @Nullable Object... arguments) {
    out.println("   " + String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  /** Runs a statement without rows; shows it and its time, and returns that, in nanoseconds. */
  long run(Connection connection, String sql) throws SQLException {
    say("%s", sql);
    long start = System.nanoTime();
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    long nanos = System.nanoTime() - start;
    say("(%s)", millis(nanos));
    return nanos;
  }

  /** Runs a query; shows it, its rows and its time, and returns that, in nanoseconds. */
  long query(Connection connection, String sql) throws SQLException {
    say("%s", sql);
    long start = System.nanoTime();
    List<String[]> rows = rows(connection, sql);
    long nanos = System.nanoTime() - start;
    print(rows);
    say("(%d rows, %s)", rows.size() - 1, millis(nanos));
    return nanos;
  }

  /** The head and the rows of a query as text. */
  static List<String[]> rows(Connection connection, String sql) throws SQLException {
    List<String[]> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      String[] head = new String[columns];
      for (int i = 0; i < columns; i++) {
        head[i] = result.getMetaData().getColumnLabel(i + 1);
      }
      rows.add(head);
      while (result.next()) {
        String[] row = new String[columns];
        for (int i = 0; i < columns; i++) {
          String text = result.getString(i + 1);
          row[i] = text == null ? "" : text;
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private void print(List<String[]> rows) {
    int columns = rows.getFirst().length;
    int[] width = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        int most = columns == 1 ? Integer.MAX_VALUE : WIDTH_MAX;
        width[i] = Math.min(most, Math.max(width[i], row[i].length()));
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder("   ");
      for (int i = 0; i < columns; i++) {
        String cell = row[i].length() > width[i] ? row[i].substring(0, width[i]) : row[i];
        line.append(" ").append(cell).append(" ".repeat(width[i] - cell.length())).append(" ");
      }
      out.println(line.toString().stripTrailing());
    }
  }

  static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / NANOS_PER_MILLI);
  }
}
