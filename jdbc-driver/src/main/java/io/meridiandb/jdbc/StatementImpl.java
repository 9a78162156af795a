package io.meridiandb.jdbc;

import io.meridiandb.jdbc.protocol.Answer;
import io.meridiandb.jdbc.protocol.RowStream;
import io.meridiandb.wire.WireLimits;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.Value;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A statement: its limits, its current result, its batch. */
class StatementImpl extends RefusingStatement {
  /** Rows that servers usually put into a frame; the fetch size is turned into frames by it. */
  private static final int ROWS_PER_FRAME = 128;

  private static final int CREDIT_FRAMES_MAX = 256;

  private final ConnectionImpl connection;
  private final List<String> batch = new ArrayList<>();
  private @Nullable RowsResultSet result;
  private long updateCount = -1;
  private long maxRows;
  private int timeoutSeconds;
  private int fetchSize;
  private boolean poolable;
  private boolean closeOnCompletion;
  private @Nullable SQLWarning warnings;
  private volatile boolean executing;
  private volatile boolean canceled;
  private volatile boolean closed;

  StatementImpl(ConnectionImpl connection, int fetchSize) {
    this.connection = connection;
    this.fetchSize = fetchSize;
  }

  final void checkOpen() throws SQLException {
    if (closed) {
      throw SqlErrors.closed("statement");
    }
    connection.checkOpen();
  }

  final ConnectionImpl link() {
    return connection;
  }

  // Execution.

  /** Executes; the result becomes the statement's current one. */
  final void run(String sql, List<Value> parameters) throws SQLException {
    checkOpen();
    closeResult();
    updateCount = -1;
    warnings = null;
    Execute.Builder statement =
        Execute.newBuilder()
            .setSql(sql)
            .addAllParameters(parameters)
            .setMaxRows(maxRows)
            .setTimeoutMillis(timeoutMillis())
            .setInitialCredit(credit());
    canceled = false;
    executing = true;
    try {
      accept(connection.execute(statement));
    } catch (SQLException e) {
      throw timeoutOr(e);
    } finally {
      executing = false;
    }
  }

  private void accept(Answer answer) {
    RowStream rows = answer.rows();
    if (rows != null) {
      result = new RowsResultSet(RowSource.of(rows), this, this::resultClosed, maxRows);
    }
    Complete complete = answer.complete();
    if (complete != null) {
      updateCount = complete.getUpdateCount();
      complete.getNoticesList().forEach(notice -> warn(new SQLWarning(notice)));
    }
  }

  private void resultClosed(RowsResultSet closedResult) throws SQLException {
    if (closeOnCompletion && closedResult.equals(result)) {
      close();
    }
  }

  /** A cancel that nobody asked for is the time limit. */
  final SQLException timeoutOr(SQLException error) {
    boolean stopped = "57014".equals(error.getSQLState());
    return stopped && !canceled && timeoutSeconds > 0
        ? SqlErrors.timeout(error, timeoutSeconds)
        : error;
  }

  private void warn(SQLWarning warning) {
    if (warnings == null) {
      warnings = warning;
    } else {
      warnings.setNextWarning(warning);
    }
  }

  final int timeoutMillis() {
    return (int) Math.min(Integer.MAX_VALUE, TimeUnit.SECONDS.toMillis(timeoutSeconds));
  }

  private int credit() {
    if (fetchSize == 0) {
      return WireLimits.CREDIT_FRAMES_DEFAULT;
    }
    return Math.max(1, Math.min(CREDIT_FRAMES_MAX, fetchSize / ROWS_PER_FRAME));
  }

  final void closeResult() throws SQLException {
    RowsResultSet open = result;
    result = null;
    if (open != null) {
      open.close();
    }
  }

  final ResultSet requireRows() throws SQLException {
    RowsResultSet rows = result;
    if (rows == null) {
      throw SqlErrors.invalidState(
          updateCount == Answer.COUNT_LOST
              ? "the statement is committed, but its rows were lost with the connection"
              : "the statement gave no rows, but was executed; call executeUpdate or execute for it");
    }
    return rows;
  }

  final long requireCount() throws SQLException {
    if (result != null) {
      closeResult();
      throw SqlErrors.invalidState("the statement gave rows; call executeQuery or execute for it");
    }
    return updateCount == -1 ? 0 : updateCount;
  }

  static int toInt(long count) {
    return (int) Math.min(count, Integer.MAX_VALUE);
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    run(sql, List.of());
    return requireRows();
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return toInt(executeLargeUpdate(sql));
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    run(sql, List.of());
    return requireCount();
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    run(sql, List.of());
    return result != null;
  }

  // The result.

  @Override
  public @Nullable ResultSet getResultSet() throws SQLException {
    checkOpen();
    return result;
  }

  @Override
  public int getUpdateCount() throws SQLException {
    return toInt(getLargeUpdateCount());
  }

  @Override
  public long getLargeUpdateCount() throws SQLException {
    checkOpen();
    return result == null ? updateCount : -1;
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    return getMoreResults(Statement.CLOSE_CURRENT_RESULT);
  }

  @Override
  public boolean getMoreResults(int current) throws SQLException {
    checkOpen();
    if (current == Statement.KEEP_CURRENT_RESULT) {
      result = null;
    } else {
      closeResult();
    }
    updateCount = -1;
    return false;
  }

  // Batches.

  @Override
  public void addBatch(String sql) throws SQLException {
    checkOpen();
    batch.add(sql);
  }

  @Override
  public void clearBatch() throws SQLException {
    checkOpen();
    batch.clear();
  }

  @Override
  public int[] executeBatch() throws SQLException {
    long[] counts = executeLargeBatch();
    int[] ints = new int[counts.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = toInt(counts[i]);
    }
    return ints;
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    checkOpen();
    closeResult();
    List<String> statements = List.copyOf(batch);
    batch.clear();
    if (statements.isEmpty()) {
      return new long[0];
    }
    ExecuteBatch.Builder request =
        ExecuteBatch.newBuilder().addAllStatements(statements).setTimeoutMillis(timeoutMillis());
    return runBatch(new Batches(this).add(request, statements.size()));
  }

  final long[] runBatch(Batches batches) throws SQLException {
    canceled = false;
    executing = true;
    try {
      return batches.run();
    } finally {
      executing = false;
    }
  }

  // Limits and life.

  @Override
  public void cancel() throws SQLException {
    checkOpen();
    if (executing || result != null) {
      canceled = true;
      connection.cancel();
    }
  }

  @Override
  public int getMaxRows() {
    return toInt(maxRows);
  }

  @Override
  public void setMaxRows(int rows) throws SQLException {
    setLargeMaxRows(rows);
  }

  @Override
  public long getLargeMaxRows() {
    return maxRows;
  }

  @Override
  public void setLargeMaxRows(long rows) throws SQLException {
    checkNotNegative(rows, "a limit of rows");
    maxRows = rows;
  }

  private void checkNotNegative(long number, String what) throws SQLException {
    checkOpen();
    if (number < 0) {
      throw SqlErrors.invalidArgument(what + " is not negative: " + number);
    }
  }

  @Override
  public int getQueryTimeout() {
    return timeoutSeconds;
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    checkNotNegative(seconds, "a timeout");
    timeoutSeconds = seconds;
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    checkNotNegative(rows, "a fetch size");
    fetchSize = rows;
  }

  @Override
  public int getFetchSize() {
    return fetchSize;
  }

  @Override
  public void setPoolable(boolean value) {
    poolable = value;
  }

  @Override
  public boolean isPoolable() {
    return poolable;
  }

  @Override
  public void closeOnCompletion() {
    closeOnCompletion = true;
  }

  @Override
  public boolean isCloseOnCompletion() {
    return closeOnCompletion;
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return warnings;
  }

  @Override
  public void clearWarnings() {
    warnings = null;
  }

  @Override
  public Connection getConnection() throws SQLException {
    checkOpen();
    return connection;
  }

  @Override
  public void close() throws SQLException {
    if (!closed) {
      closed = true;
      closeResult();
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }
}
