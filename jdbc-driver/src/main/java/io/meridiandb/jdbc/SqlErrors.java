package io.meridiandb.jdbc;

import io.meridiandb.jdbc.protocol.RequestFailedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;

/**
 * All exceptions that the driver throws. Each has the server's SQLSTATE, the {@code java.sql}
 * subclass that goes with it, hint and position in its message, and a {@link MeridianException} as
 * its cause for code that wants them apart.
 */
final class SqlErrors {
  /** SQLSTATE of a call on something that is closed. */
  private static final String CLOSED = "08003";

  /** SQLSTATE of a call that makes no sense in the state that its object is in. */
  private static final String INVALID_STATE = "24000";

  private SqlErrors() {}

  static SQLException of(RequestFailedException failed) {
    return of(failed.error(), failed.detail());
  }

  static SQLException of(MeridianException error) {
    return of(error, "");
  }

  private static SQLException of(MeridianException error, String detail) {
    StringBuilder text = new StringBuilder(String.valueOf(error.getMessage()));
    if (!detail.isEmpty()) {
      text.append("\n  Detail: ").append(detail);
    }
    if (error.hint() != null) {
      text.append("\n  Hint: ").append(error.hint());
    }
    if (error.position() > 0) {
      text.append("\n  Position: ").append(error.position());
    }
    return bySqlState(text.toString(), error.code(), error);
  }

  private static SQLException bySqlState(String text, ErrorCode code, MeridianException cause) {
    String state = code.sqlState();
    return switch (state.substring(0, 2)) {
      case "0A" -> {
        SQLException error = new SQLFeatureNotSupportedException(text, state);
        error.initCause(cause);
        yield error;
      }
      case "08", "57" -> connection(text, code, cause);
      case "22" -> new SQLDataException(text, state, cause);
      case "23" -> new SQLIntegrityConstraintViolationException(text, state, cause);
      case "40" ->
          code.retryable()
              ? new SQLTransactionRollbackException(text, state, cause)
              : new SQLException(text, state, cause);
      case "42" -> new SQLSyntaxErrorException(text, state, cause);
      case "53" ->
          code == ErrorCode.TOO_MANY_CONNECTIONS
              ? new SQLTransientConnectionException(text, state, cause)
              : new SQLTransientException(text, state, cause);
      default -> new SQLException(text, state, cause);
    };
  }

  private static SQLException connection(String text, ErrorCode code, MeridianException cause) {
    String state = code.sqlState();
    if (code == ErrorCode.QUERY_CANCELED) {
      return new SQLException(text, state, cause);
    }
    return code.retryable() || code == ErrorCode.CONNECTION_REFUSED
        ? new SQLTransientConnectionException(text, state, cause)
        : new SQLNonTransientConnectionException(text, state, cause);
  }

  /** A statement that the server stopped because its time was over. */
  static SQLException timeout(SQLException canceled, int seconds) {
    return new SQLTimeoutException(
        "the statement took longer than its limit of " + seconds + " s",
        ErrorCode.QUERY_CANCELED.sqlState(),
        canceled);
  }

  /** The sentence says what is not supported and what to do instead. */
  static SQLException notSupported(String sentence) {
    return of(new MeridianException(ErrorCode.FEATURE_NOT_SUPPORTED, sentence));
  }

  static SQLException closed(String what) {
    return new SQLNonTransientConnectionException("the " + what + " is closed", CLOSED);
  }

  static SQLException invalidState(String sentence) {
    return new SQLException(sentence, INVALID_STATE);
  }

  static SQLException invalidArgument(String sentence) {
    return of(new MeridianException(ErrorCode.INVALID_PARAMETER_VALUE, sentence));
  }

  /** A value that cannot be had as the type that was asked for. */
  static SQLException noConversion(String from, String to) {
    return of(
        new MeridianException(
            ErrorCode.DATATYPE_MISMATCH, "a value of type " + from + " cannot be read as " + to));
  }

  static SQLException outOfRange(String value, String to) {
    return of(
        new MeridianException(
            ErrorCode.NUMERIC_OUT_OF_RANGE, "the value " + value + " does not fit into " + to));
  }
}
