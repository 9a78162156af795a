package io.meridiandb.server.demo;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The first tour: each step shows its statement, its answer and how long it took at the client. */
final class Tour {
  private static final int WIDTH_MAX = 28;

  private final Connection connection;
  private final PrintWriter out;
  private int step;

  Tour(Connection connection, PrintWriter out) {
    this.connection = connection;
    this.out = out;
  }

  void run() throws SQLException {
    query(
        "A join: countries and the cities interleaved in them",
        "SELECT c.name, count(*) AS cities, sum(t.population) AS people FROM countries c"
            + " JOIN cities t ON t.country = c.code GROUP BY c.name ORDER BY 3 DESC LIMIT 5");
    query(
        "A point read by primary key",
        "SELECT name, population FROM cities WHERE country = 'FR' AND id = 2988507");
    query(
        "A range of one parent, newest filter and order at the tablet",
        "SELECT name, population FROM cities WHERE country = 'IS' AND population > 5000"
            + " ORDER BY population DESC LIMIT 3");
    query(
        "Grouping over everything",
        "SELECT c.continent, count(*) AS countries FROM countries c"
            + " GROUP BY c.continent ORDER BY 2 DESC");
    latency();
    transaction();
    query(
        "What a table looks like to the planner",
        "EXPLAIN SELECT name FROM cities WHERE country = 'FR' AND id = 2988507");
  }

  private void query(String title, String sql) throws SQLException {
    title(title, sql);
    long start = System.nanoTime();
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
    long nanos = System.nanoTime() - start;
    print(rows);
    out.println("   (%d rows, %s)".formatted(rows.size() - 1, millis(nanos)));
    out.flush();
  }

  private void latency() throws SQLException {
    title(
        "One-row updates, one after another: each is durable on two of three disks",
        "UPDATE cities SET population = population + 1 WHERE country = 'FR' AND id = 2988507");
    int count = 200;
    long[] nanos = new long[count];
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE cities SET population = population + ? WHERE country = 'FR' AND id = 2988507")) {
      for (int i = 0; i < count; i++) {
        update.setLong(1, i % 2 == 0 ? 1 : -1);
        long start = System.nanoTime();
        update.executeUpdate();
        nanos[i] = System.nanoTime() - start;
      }
    }
    java.util.Arrays.sort(nanos);
    out.println(
        "   %d commits, median %s, 95 of 100 within %s"
            .formatted(count, millis(nanos[count / 2]), millis(nanos[count * 95 / 100])));
    out.flush();
  }

  private void transaction() throws SQLException {
    title(
        "A transaction of three statements that is rolled back leaves nothing",
        "BEGIN; DELETE FROM countries WHERE code = 'IS'; SELECT count(*) …; ROLLBACK");
    long start = System.nanoTime();
    connection.setAutoCommit(false);
    long within;
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM countries WHERE code = 'IS'");
      within = count(statement);
      connection.rollback();
    } finally {
      connection.setAutoCommit(true);
    }
    long after;
    try (Statement statement = connection.createStatement()) {
      after = count(statement);
    }
    out.println(
        "   cities of Iceland inside: %d, after the rollback: %d (%s)"
            .formatted(within, after, millis(System.nanoTime() - start)));
    out.flush();
  }

  private static long count(Statement statement) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery("SELECT count(*) FROM cities WHERE country = 'IS'")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void title(String title, String sql) {
    out.println();
    out.println("%d. %s".formatted(++step, title));
    out.println("   " + sql);
    out.flush();
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

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
  }
}
