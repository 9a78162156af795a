package io.meridiandb.wire;

/**
 * The closed set of errors that users can meet. SQLSTATEs are PostgreSQL's; whether running the
 * transaction again may succeed is part of the code, never of the message.
 */
public enum ErrorCode {
  // The user's statement
  SYNTAX_ERROR("42601", Retry.NEVER),
  UNDEFINED_TABLE("42P01", Retry.NEVER),
  UNDEFINED_COLUMN("42703", Retry.NEVER),
  UNDEFINED_FUNCTION("42883", Retry.NEVER),
  UNDEFINED_PARAMETER("42P02", Retry.NEVER),
  UNDEFINED_OBJECT("42704", Retry.NEVER),
  AMBIGUOUS_COLUMN("42702", Retry.NEVER),
  DUPLICATE_TABLE("42P07", Retry.NEVER),
  DUPLICATE_COLUMN("42701", Retry.NEVER),
  DUPLICATE_OBJECT("42710", Retry.NEVER),
  GROUPING_ERROR("42803", Retry.NEVER),
  DATATYPE_MISMATCH("42804", Retry.NEVER),
  INVALID_TABLE_DEFINITION("42P16", Retry.NEVER),
  INVALID_NAME("42602", Retry.NEVER),
  NAME_TOO_LONG("42622", Retry.NEVER),
  INVALID_COLUMN_REFERENCE("42P10", Retry.NEVER),
  DEPENDENT_OBJECTS("2BP01", Retry.NEVER),
  FEATURE_NOT_SUPPORTED("0A000", Retry.NEVER),
  UNDEFINED_DATABASE("3D000", Retry.NEVER),
  // The data
  NUMERIC_OUT_OF_RANGE("22003", Retry.NEVER),
  DIVISION_BY_ZERO("22012", Retry.NEVER),
  INVALID_TEXT_REPRESENTATION("22P02", Retry.NEVER),
  INVALID_DATETIME("22007", Retry.NEVER),
  DATETIME_OVERFLOW("22008", Retry.NEVER),
  INVALID_PARAMETER_VALUE("22023", Retry.NEVER),
  STRING_TOO_LONG("22001", Retry.NEVER),
  INVALID_ESCAPE("22025", Retry.NEVER),
  INVALID_REGULAR_EXPRESSION("2201B", Retry.NEVER),
  INVALID_LIMIT("2201W", Retry.NEVER),
  INVALID_BYTE_SEQUENCE("22021", Retry.NEVER),
  CARDINALITY_VIOLATION("21000", Retry.NEVER),
  NOT_NULL_VIOLATION("23502", Retry.NEVER),
  UNIQUE_VIOLATION("23505", Retry.NEVER),
  FOREIGN_KEY_VIOLATION("23503", Retry.NEVER),
  // The transaction
  SERIALIZATION_FAILURE("40001", Retry.TRANSACTION),
  DEADLOCK_WOUNDED("40001", Retry.TRANSACTION),
  STATEMENT_OUTCOME_UNKNOWN("40003", Retry.NEVER),
  TRANSACTION_OUTCOME_UNKNOWN("08007", Retry.NEVER),
  TRANSACTION_FAILED("25P02", Retry.NEVER),
  ACTIVE_TRANSACTION("25001", Retry.NEVER),
  NO_ACTIVE_TRANSACTION("25P01", Retry.NEVER),
  READ_ONLY_TRANSACTION("25006", Retry.NEVER),
  SNAPSHOT_TOO_OLD("72000", Retry.NEVER),
  // Limits and resources
  STATEMENT_TOO_COMPLEX("54001", Retry.NEVER),
  TOO_MANY_COLUMNS("54011", Retry.NEVER),
  PROGRAM_LIMIT_EXCEEDED("54000", Retry.NEVER),
  OUT_OF_MEMORY("53200", Retry.TRANSACTION),
  DISK_FULL("53100", Retry.TRANSACTION),
  TOO_MANY_CONNECTIONS("53300", Retry.TRANSACTION),
  QUERY_CANCELED("57014", Retry.NEVER),
  // The system
  UNAVAILABLE("57P03", Retry.TRANSACTION),
  SHUTTING_DOWN("57P01", Retry.TRANSACTION),
  CONNECTION_FAILURE("08006", Retry.TRANSACTION),
  CONNECTION_REFUSED("08001", Retry.NEVER),
  PROTOCOL_VIOLATION("08P01", Retry.NEVER),
  DATA_CORRUPTED("XX001", Retry.NEVER),
  INTERNAL("XX000", Retry.NEVER);

  /** Whether and how an operation that failed may be tried again. */
  public enum Retry {
    /** The same input fails again. */
    NEVER,
    /** The whole transaction may be run again from its start. */
    TRANSACTION
  }

  private final String sqlState;
  private final Retry retry;

  ErrorCode(String sqlState, Retry retry) {
    this.sqlState = sqlState;
    this.retry = retry;
  }

  /** Five characters, as PostgreSQL's appendix A has them. */
  public String sqlState() {
    return sqlState;
  }

  /** Whether running the whole transaction again may succeed. */
  public boolean retryable() {
    return retry == Retry.TRANSACTION;
  }
}
