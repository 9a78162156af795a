package io.meridiandb.server.shell;

import io.meridiandb.server.shell.SqlSession.Head;
import io.meridiandb.server.shell.SqlSession.Look;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table with aligned columns, numbers to the right. Widths are those of the first rows, so that a
 * result of any length is written as it comes.
 */
final class AlignedFormat implements RowFormat {
  /** Rows that decide the widths. */
  static final int ROWS_MEASURED = 1_000;

  @Override
  public long write(List<Head> heads, Source rows, PrintWriter out) throws SQLException {
    List<List<String>> first = new ArrayList<>();
    List<@Nullable String> row = rows.next();
    while (row != null && first.size() < ROWS_MEASURED) {
      first.add(cells(row));
      row = rows.next();
    }
    int[] widths = widths(heads, first);
    printHead(heads, widths, out);
    first.forEach(cells -> print(heads, cells, widths, out));
    long count = first.size();
    while (row != null) {
      print(heads, cells(row), widths, out);
      count++;
      row = rows.next();
    }
    out.println(count == 1 ? "(1 row)" : "(" + count + " rows)");
    return count;
  }

  private static List<String> cells(List<@Nullable String> row) {
    List<String> cells = new ArrayList<>(row.size());
    for (String value : row) {
      cells.add(value == null ? "" : DisplayText.line(value));
    }
    return cells;
  }

  private static int[] widths(List<Head> heads, List<List<String>> rows) {
    int[] widths = new int[heads.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = DisplayText.width(heads.get(i).name());
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], DisplayText.width(row.get(i)));
      }
    }
    return widths;
  }

  private static void printHead(List<Head> heads, int[] widths, PrintWriter out) {
    StringBuilder names = new StringBuilder();
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      boolean right = heads.get(i).look() == Look.NUMBER;
      names
          .append(i == 0 ? " " : " | ")
          .append(DisplayText.pad(heads.get(i).name(), widths[i], right));
      rule.append(i == 0 ? "-" : "-+-").append("-".repeat(widths[i]));
    }
    out.println(names.toString().stripTrailing());
    out.println(rule.append('-'));
  }

  private static void print(List<Head> heads, List<String> row, int[] widths, PrintWriter out) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      boolean right = heads.get(i).look() == Look.NUMBER;
      line.append(i == 0 ? " " : " | ").append(DisplayText.pad(row.get(i), widths[i], right));
    }
    out.println(line.toString().stripTrailing());
  }
}
