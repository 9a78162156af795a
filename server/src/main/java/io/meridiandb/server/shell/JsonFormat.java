package io.meridiandb.server.shell;

import io.meridiandb.server.shell.SqlSession.Head;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An array with an object for each row, one row a line. */
final class JsonFormat implements RowFormat {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  @Override
  public long write(List<Head> heads, Source rows, PrintWriter out) throws SQLException {
    out.print("[");
    long count = 0;
    for (List<@Nullable String> row = rows.next(); row != null; row = rows.next()) {
      out.print(count == 0 ? "\n " : ",\n ");
      out.print(object(heads, row));
      count++;
    }
    out.println(count == 0 ? "]" : "\n]");
    return count;
  }

  private static String object(List<Head> heads, List<@Nullable String> row) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < heads.size(); i++) {
      json.append(i == 0 ? "" : ", ")
          .append(quote(heads.get(i).name()))
          .append(": ")
          .append(value(heads.get(i), row.get(i)));
    }
    return json.append('}').toString();
  }

  private static String value(Head head, @Nullable String value) {
    if (value == null) {
      return "null";
    }
    return switch (head.look()) {
      case NUMBER -> NUMBER.matcher(value).matches() ? value : quote(value); // NaN is no JSON
      case BOOLEAN -> Boolean.toString(value.equals("t"));
      case JSON -> value;
      case TEXT -> quote(value);
    };
  }

  static String quote(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ') {
            json.append("\\u%04x".formatted((int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.append('"').toString();
  }
}
