package io.meridiandb.server.shell;

import io.meridiandb.server.shell.SqlSession.Head;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How rows are written. */
interface RowFormat {
  /** The formats by name. */
  enum Kind {
    ALIGNED,
    CSV,
    JSON
  }

  /** Gives rows one after another, null after the last. */
  interface Source {
    @Nullable List<@Nullable String> next() throws SQLException;
  }

  /**
   * Writes all rows.
   *
   * @return how many there were
   */
  long write(List<Head> heads, Source rows, PrintWriter out) throws SQLException;

  /** The format of a kind. */
  static RowFormat of(Kind kind, boolean expanded) {
    return switch (kind) {
      case ALIGNED -> expanded ? new ExpandedFormat() : new AlignedFormat();
      case CSV -> new CsvFormat();
      case JSON -> new JsonFormat();
    };
  }
}
