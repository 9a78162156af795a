package io.meridiandb.jdbc;

import io.meridiandb.wire.TimestampBound;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a Meridian connection can do beyond JDBC; had by {@code
 * connection.unwrap(MeridianConnection.class)}.
 *
 * <p>Like every JDBC connection it is for one thread at a time; only {@code Statement.cancel} and
 * {@code abort} may be called from others.
 */
public interface MeridianConnection extends Connection {
  /**
   * How fresh the reads of read-only transactions are from now on; {@link TimestampBound} explains.
   * It takes effect where {@code setReadOnly(true)} is set.
   */
  void setTimestampBound(TimestampBound bound) throws SQLException;

  /** How fresh the reads of read-only transactions are. */
  TimestampBound getTimestampBound();

  /**
   * The commit timestamp of the last transaction that this connection committed, in nanoseconds
   * since the epoch; 0 if there was none. A read at this timestamp sees the transaction.
   */
  long getCommitTimestampNanos();

  /**
   * The moment that the last statement of this connection has read, in nanoseconds since the epoch,
   * known once its last row is there; 0 if it did not read one moment. A later read at this
   * timestamp sees the same.
   */
  long getReadTimestampNanos();

  /** Closes it; never fails. */
  @Override
  void close();

  /** Whether it is closed, by the caller or because a transaction's outcome could not be had. */
  @Override
  boolean isClosed();

  /** Whether a transaction is open, by SQL's BEGIN or because autocommit is off. */
  boolean isTransactionOpen();

  /** Whether the open transaction has failed, so that only a rollback is taken. */
  boolean isTransactionFailed();

  /** The name of the server that the connection talks to now. */
  String getServerName();
}
