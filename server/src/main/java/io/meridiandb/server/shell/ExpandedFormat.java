package io.meridiandb.server.shell;

import io.meridiandb.server.shell.SqlSession.Head;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line for each value: for rows that are wider than the terminal. */
final class ExpandedFormat implements RowFormat {
  @Override
  public long write(List<Head> heads, Source rows, PrintWriter out) throws SQLException {
    int width = heads.stream().mapToInt(head -> DisplayText.width(head.name())).max().orElse(0);
    long count = 0;
    for (List<@Nullable String> row = rows.next(); row != null; row = rows.next()) {
      count++;
      out.println("-[ row " + count + " ]-");
      for (int i = 0; i < heads.size(); i++) {
        String value = row.get(i);
        out.println(
            (DisplayText.pad(heads.get(i).name(), width, false)
                    + " | "
                    + (value == null ? "" : DisplayText.line(value)))
                .stripTrailing());
      }
    }
    if (count == 0) {
      out.println("(0 rows)");
    }
    return count;
  }
}
