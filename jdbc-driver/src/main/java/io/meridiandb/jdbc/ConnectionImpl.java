package io.meridiandb.jdbc;

import io.meridiandb.jdbc.protocol.Answer;
import io.meridiandb.jdbc.protocol.ClientSession;
import io.meridiandb.jdbc.protocol.RequestFailedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.Prepared;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.TransactionOptions;
import io.meridiandb.wire.proto.TransactionState;
import io.meridiandb.wire.proto.Welcome;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A JDBC connection: the transaction's options in front of a {@link ClientSession}. */
final class ConnectionImpl extends RefusingConnection {
  private static final String APPLICATION_NAME = "ApplicationName";

  private final ClientSession session;
  private final String url;
  private final String database;
  private final int fetchSize;
  private final Properties clientInfo = new Properties();
  private boolean autoCommit = true;
  private boolean readOnly;
  private TimestampBound bound;
  private @Nullable SQLWarning warnings;
  private volatile boolean closed;

  ConnectionImpl(ClientSession session, String url, String database, DriverSettings settings) {
    this.session = session;
    this.url = url;
    this.database = database;
    this.fetchSize = settings.fetchSize();
    this.readOnly = settings.readOnly();
    this.bound = settings.timestampBound();
    this.clientInfo.setProperty(APPLICATION_NAME, settings.application());
    session.setNetworkMillis(settings.networkTimeoutMillis());
  }

  void checkOpen() throws SQLException {
    if (isClosed()) {
      throw SqlErrors.closed("connection");
    }
  }

  String url() {
    return url;
  }

  Welcome welcome() {
    return session.welcome();
  }

  // What statements use.

  Answer execute(Execute.Builder statement) throws SQLException {
    checkOpen();
    try {
      Answer answer =
          session.execute(statement.setMode(mode()).setTransaction(transactionOptions()));
      note(answer.complete());
      return answer;
    } catch (RequestFailedException e) {
      throw SqlErrors.of(e);
    }
  }

  Complete executeBatch(ExecuteBatch.Builder batch) throws SQLException, RequestFailedException {
    checkOpen();
    Complete complete =
        session.executeBatch(batch.setMode(mode()).setTransaction(transactionOptions()));
    note(complete);
    return complete;
  }

  Prepared prepare(String sql) throws SQLException {
    checkOpen();
    try {
      return session.prepare(sql);
    } catch (RequestFailedException e) {
      throw SqlErrors.of(e);
    }
  }

  void cancel() {
    session.cancel();
  }

  /** Whether the next statement would be a transaction of its own. */
  boolean isEachStatementATransaction() {
    return autoCommit && session.state() == TransactionState.IDLE;
  }

  private TransactionMode mode() {
    return autoCommit ? TransactionMode.AUTOCOMMIT : TransactionMode.IN_TRANSACTION;
  }

  private TransactionOptions transactionOptions() {
    return readOnly
        ? TransactionOptions.newBuilder()
            .setReadOnly(true)
            .setTimestampBound(bound.toString())
            .build()
        : TransactionOptions.getDefaultInstance();
  }

  private void note(@Nullable Complete complete) {
    if (complete != null) {
      complete.getNoticesList().forEach(notice -> warn(new SQLWarning(notice)));
    }
  }

  private void warn(SQLWarning warning) {
    if (warnings == null) {
      warnings = warning;
    } else {
      warnings.setNextWarning(warning);
    }
  }

  // Transactions.

  @Override
  public void setAutoCommit(boolean value) throws SQLException {
    checkOpen();
    if (value != autoCommit) {
      end(true); // as JDBC says
      autoCommit = value;
    }
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    checkOpen();
    return autoCommit;
  }

  @Override
  public void commit() throws SQLException {
    checkManual("commit");
    end(true);
  }

  @Override
  public void rollback() throws SQLException {
    checkManual("rollback");
    end(false);
  }

  private void checkManual(String what) throws SQLException {
    checkOpen();
    if (autoCommit && session.state() == TransactionState.IDLE) {
      throw SqlErrors.of(
          new MeridianException(
                  ErrorCode.NO_ACTIVE_TRANSACTION,
                  "cannot " + what + ": autocommit is on, so no transaction is open")
              .withHint("Call setAutoCommit(false) first."));
    }
  }

  private void end(boolean commit) throws SQLException {
    Complete complete;
    try {
      complete = session.endTransaction(commit);
    } catch (RequestFailedException e) {
      throw SqlErrors.of(e);
    }
    note(complete);
    if (commit && complete != null && complete.getTag().equals("ROLLBACK")) {
      throw SqlErrors.of(
          new MeridianException(
                  ErrorCode.TRANSACTION_FAILED,
                  "the transaction was rolled back, as one of its statements had failed")
              .withHint("Run the whole transaction again."));
    }
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    checkOpen();
    if (level != Connection.TRANSACTION_SERIALIZABLE) {
      throw SqlErrors.notSupported(
          "every transaction is serializable; a weaker isolation cannot be had");
    }
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    checkOpen();
    return Connection.TRANSACTION_SERIALIZABLE;
  }

  @Override
  public void setReadOnly(boolean value) throws SQLException {
    checkOpen();
    if (value != readOnly && session.state() != TransactionState.IDLE) {
      throw SqlErrors.of(
          new MeridianException(
              ErrorCode.ACTIVE_TRANSACTION, "setReadOnly is not possible inside a transaction"));
    }
    readOnly = value;
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    checkOpen();
    return readOnly;
  }

  @Override
  public void setTimestampBound(TimestampBound newBound) throws SQLException {
    checkOpen();
    bound = newBound;
  }

  @Override
  public TimestampBound getTimestampBound() {
    return bound;
  }

  @Override
  public long getCommitTimestampNanos() {
    return session.lastCommitNanos();
  }

  @Override
  public long getReadTimestampNanos() {
    return session.lastReadNanos();
  }

  @Override
  public boolean isTransactionOpen() {
    return session.state() != TransactionState.IDLE;
  }

  @Override
  public boolean isTransactionFailed() {
    return session.state() == TransactionState.FAILED;
  }

  @Override
  public String getServerName() {
    return session.welcome().getServerName();
  }

  // Statements.

  @Override
  public Statement createStatement() throws SQLException {
    checkOpen();
    return new StatementImpl(this, fetchSize);
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    checkResultKind(type, concurrency);
    return createStatement();
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    setHoldability(holdability);
    return createStatement(type, concurrency);
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    checkOpen();
    return new PreparedStatementImpl(this, fetchSize, sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    checkResultKind(type, concurrency);
    return prepareStatement(sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    setHoldability(holdability);
    return prepareStatement(sql, type, concurrency);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int generatedKeys) throws SQLException {
    return prepareStatement(sql); // keys are made by the client: none to report
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] keyColumns) throws SQLException {
    StatementImpl.checkNoKeys(keyColumns.length);
    return prepareStatement(sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] keyColumns) throws SQLException {
    StatementImpl.checkNoKeys(keyColumns.length);
    return prepareStatement(sql);
  }

  private static void checkResultKind(int type, int concurrency) throws SQLException {
    if (type != ResultSet.TYPE_FORWARD_ONLY) {
      throw SqlErrors.notSupported("result sets can only be read forwards (TYPE_FORWARD_ONLY)");
    }
    if (concurrency != ResultSet.CONCUR_READ_ONLY) {
      throw UneditableByIndex.readOnly();
    }
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    checkOpen();
    if (holdability != ResultSet.HOLD_CURSORS_OVER_COMMIT) {
      throw SqlErrors.notSupported(
          "result sets stay open over a commit (HOLD_CURSORS_OVER_COMMIT); close them to end them");
    }
  }

  @Override
  public int getHoldability() {
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public String nativeSQL(String sql) {
    return sql;
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    checkOpen();
    return new MetaData(this);
  }

  // The connection itself.

  @Override
  public boolean isValid(int seconds) throws SQLException {
    if (seconds < 0) {
      throw SqlErrors.invalidArgument("a timeout is not negative: " + seconds);
    }
    long millis = seconds == 0 ? Integer.MAX_VALUE : TimeUnit.SECONDS.toMillis(seconds);
    return !isClosed() && session.ping(millis);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.close();
    }
  }

  @Override
  public boolean isClosed() {
    return closed || session.isClosed();
  }

  /** Closes at once, also while another thread waits for an answer. */
  @Override
  public void abort(@Nullable Executor executor) throws SQLException {
    if (executor == null) {
      throw SqlErrors.invalidArgument("abort needs an executor");
    }
    close();
  }

  @Override
  public void setNetworkTimeout(@Nullable Executor executor, int millis) throws SQLException {
    checkOpen();
    if (millis < 0) {
      throw SqlErrors.invalidArgument("a timeout is not negative: " + millis);
    }
    session.setNetworkMillis(millis);
  }

  @Override
  public int getNetworkTimeout() {
    return (int) session.networkMillis();
  }

  @Override
  public String getCatalog() {
    return database;
  }

  @Override
  public void setCatalog(String catalog) {
    // JDBC lets a driver ignore it: a connection stays with its database
  }

  @Override
  public String getSchema() {
    return MetaData.SCHEMA;
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    if (!MetaData.SCHEMA.equals(schema)) {
      throw SqlErrors.notSupported("there is one schema, \"" + MetaData.SCHEMA + "\"");
    }
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return warnings;
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    warnings = null;
  }

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    if (!name.equals(APPLICATION_NAME)) {
      Map<String, ClientInfoStatus> failed = new LinkedHashMap<>();
      failed.put(name, ClientInfoStatus.REASON_UNKNOWN_PROPERTY);
      throw new SQLClientInfoException("only " + APPLICATION_NAME + " can be set", failed);
    }
    clientInfo.setProperty(name, value == null ? "" : value);
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    for (String name : properties.stringPropertyNames()) {
      setClientInfo(name, properties.getProperty(name));
    }
  }

  @Override
  public @Nullable String getClientInfo(String name) {
    return clientInfo.getProperty(name);
  }

  @Override
  public Properties getClientInfo() {
    Properties copy = new Properties();
    copy.putAll(clientInfo);
    return copy;
  }

  /** The URL. */
  @Override
  public String toString() {
    return "Meridian connection to " + url;
  }
}
