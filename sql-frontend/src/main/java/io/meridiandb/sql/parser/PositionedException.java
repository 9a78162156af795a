package io.meridiandb.sql.parser;

import io.meridiandb.wire.MeridianException;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * An error found at a place of the syntax tree; {@link Positions} turns line and column into the
 * character that the user is told.
 */
public final class PositionedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final MeridianException error;
  private final transient SqlParserPos position;

  public PositionedException(MeridianException error, SqlParserPos position) {
    super(error.getMessage(), error);
    this.error = error;
    this.position = position;
  }

  /** The error without its position. */
  public MeridianException error() {
    return error;
  }

  /** Where it is. */
  public SqlParserPos position() {
    return position;
  }
}
