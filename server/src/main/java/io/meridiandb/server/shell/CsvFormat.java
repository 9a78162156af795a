package io.meridiandb.server.shell;

import io.meridiandb.server.shell.SqlSession.Head;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RFC 4180 with a head line; NULL is an empty field, an empty text is {@code ""}. */
final class CsvFormat implements RowFormat {
  @Override
  public long write(List<Head> heads, Source rows, PrintWriter out) throws SQLException {
    List<@Nullable String> names = new ArrayList<>();
    heads.forEach(head -> names.add(head.name()));
    print(names, out);
    long count = 0;
    for (List<@Nullable String> row = rows.next(); row != null; row = rows.next()) {
      print(row, out);
      count++;
    }
    return count;
  }

  private static void print(List<@Nullable String> row, PrintWriter out) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(i == 0 ? "" : ",").append(field(row.get(i)));
    }
    out.println(line);
  }

  private static String field(@Nullable String value) {
    if (value == null) {
      return "";
    }
    boolean quoted =
        value.isEmpty()
            || value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + value.replace("\"", "\"\"") + '"' : value;
  }
}
