package io.meridiandb.sql.parser;

import org.apache.calcite.sql.parser.SqlParserPos;

/** Places of a statement as users count them: characters (code points) from 1. */
public final class Positions {
  private Positions() {}

  /** The position of a {@code char} offset. */
  public static int ofOffset(String sql, int offset) {
    int end = Math.max(0, Math.min(offset, sql.length()));
    return sql.codePointCount(0, end) + 1;
  }

  /** The position of a node's begin; 0 if it is not known. */
  public static int of(String sql, SqlParserPos position) {
    return of(sql, position.getLineNum(), position.getColumnNum());
  }

  /**
   * The position of a line and a column.
   *
   * @param line from 1; 0 is unknown
   * @param column from 1, in {@code char}s
   */
  public static int of(String sql, int line, int column) {
    if (line <= 0 || column <= 0) {
      return 0;
    }
    int offset = 0;
    for (int current = 1; current < line; current++) {
      offset = endOfLine(sql, offset);
    }
    return ofOffset(sql, offset + column - 1);
  }

  private static int endOfLine(String sql, int start) {
    for (int i = start; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '\n') {
        return i + 1;
      }
      if (c == '\r') {
        return i + 1 < sql.length() && sql.charAt(i + 1) == '\n' ? i + 2 : i + 1;
      }
    }
    return sql.length();
  }
}
