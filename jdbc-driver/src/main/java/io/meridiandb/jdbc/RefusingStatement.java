package io.meridiandb.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What every statement has in common and needs no state: fixed answers and refusals. */
abstract class RefusingStatement implements Statement {
  /**
   * Generated keys that are asked for by column are those that INSERT … RETURNING gives.
   *
   * @throws SQLException if some are asked for
   */
  static void checkNoKeys(int columns) throws SQLException {
    if (columns > 0) {
      throw SqlErrors.notSupported(
          "generated keys cannot be asked for by column; keys are made by the application"
              + " (a UUID) or had by INSERT … RETURNING");
    }
  }

  @Override
  public void setCursorName(String name) throws SQLException {
    throw SqlErrors.notSupported("there are no named cursors; use a primary key in UPDATE … WHERE");
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    if (direction != ResultSet.FETCH_FORWARD) {
      throw SqlErrors.notSupported("result sets can only be read forwards");
    }
  }

  @Override
  public int getFetchDirection() {
    return ResultSet.FETCH_FORWARD;
  }

  @Override
  public int getResultSetConcurrency() {
    return ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public int getResultSetType() {
    return ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public int getResultSetHoldability() {
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public void setEscapeProcessing(boolean enable) {
    // JDBC escapes such as {fn …} are not translated, whatever is set
  }

  @Override
  public int getMaxFieldSize() {
    return 0;
  }

  @Override
  public void setMaxFieldSize(int bytes) throws SQLException {
    if (bytes != 0) {
      throw SqlErrors.notSupported("values are never cut; use substring in the statement");
    }
  }

  /** None: keys are made by the application or had by INSERT … RETURNING. */
  @Override
  public ResultSet getGeneratedKeys() {
    return RowsResultSet.of(RowSource.table().texts("GENERATED_KEY"));
  }

  @Override
  public int executeUpdate(String sql, int generatedKeys) throws SQLException {
    return executeUpdate(sql);
  }

  @Override
  public int executeUpdate(String sql, int[] keyColumns) throws SQLException {
    checkNoKeys(keyColumns.length);
    return executeUpdate(sql);
  }

  @Override
  public int executeUpdate(String sql, String[] keyColumns) throws SQLException {
    checkNoKeys(keyColumns.length);
    return executeUpdate(sql);
  }

  @Override
  public boolean execute(String sql, int generatedKeys) throws SQLException {
    return execute(sql);
  }

  @Override
  public boolean execute(String sql, int[] keyColumns) throws SQLException {
    checkNoKeys(keyColumns.length);
    return execute(sql);
  }

  @Override
  public boolean execute(String sql, String[] keyColumns) throws SQLException {
    checkNoKeys(keyColumns.length);
    return execute(sql);
  }

  @Override
  public long executeLargeUpdate(String sql, int generatedKeys) throws SQLException {
    return executeLargeUpdate(sql);
  }

  @Override
  public long executeLargeUpdate(String sql, int[] keyColumns) throws SQLException {
    checkNoKeys(keyColumns.length);
    return executeLargeUpdate(sql);
  }

  @Override
  public long executeLargeUpdate(String sql, String[] keyColumns) throws SQLException {
    checkNoKeys(keyColumns.length);
    return executeLargeUpdate(sql);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrappers.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
