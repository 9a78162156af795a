package io.meridiandb.server.shell;

import io.meridiandb.wire.MeridianException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** An error as the shell shows it: message, the line with a caret under the place, hint. */
final class ErrorText {
  /** Characters of a long line that are shown on each side of the place. */
  private static final int CONTEXT = 60;

  private ErrorText() {}

  /**
   * The lines to print.
   *
   * @param sql the statement as it was sent
   */
  static String of(SQLException error, String sql) {
    MeridianException cause = meridian(error);
    if (cause == null) {
      return "ERROR " + error.getSQLState() + ": " + error.getMessage();
    }
    StringBuilder text =
        new StringBuilder("ERROR ")
            .append(error.getSQLState())
            .append(": ")
            .append(cause.getMessage());
    int position = cause.position();
    if (position >= 1 && position <= sql.length() + 1) {
      text.append('\n').append(place(sql, position - 1));
    }
    if (cause.hint() != null) {
      text.append("\nHINT: ").append(cause.hint());
    }
    return text.toString();
  }

  private static @Nullable MeridianException meridian(Throwable error) {
    Throwable cause = error;
    while (cause != null && !(cause instanceof MeridianException)) {
      cause = cause.getCause();
    }
    return (MeridianException) cause;
  }

  private static String place(String sql, int at) {
    int start = sql.lastIndexOf('\n', at - 1) + 1;
    int newline = sql.indexOf('\n', at);
    int end = newline < 0 ? sql.length() : newline;
    long line = 1 + sql.substring(0, start).chars().filter(c -> c == '\n').count();
    int from = Math.max(start, at - CONTEXT);
    int to = Math.min(end, at + CONTEXT);
    String head = "LINE " + line + ": " + (from > start ? "…" : "");
    String before = sql.substring(from, Math.min(at, to)).replace('\t', ' ');
    String after = sql.substring(Math.min(at, to), to).replace('\t', ' ');
    String tail = to < end ? "…" : "";
    int blanks = DisplayText.width(head) + DisplayText.width(before);
    return head + before + after + tail + "\n" + " ".repeat(blanks) + "^";
  }
}
