package io.meridiandb.jdbc;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Struct;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of {@code Connection} that Meridian does not have, each with the reason. */
abstract class RefusingConnection implements MeridianConnection {
  private static SQLException noSavepoints() {
    return SqlErrors.notSupported(
        "there are no savepoints yet; roll the whole transaction back and run it again");
  }

  private static SQLException noProcedures() {
    return SqlErrors.notSupported("there are no stored procedures; use prepareStatement");
  }

  private static SQLException noLocators() {
    return SqlErrors.notSupported(
        "there are no LOB locators; use setString, setBytes or a stream of the statement");
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    throw noSavepoints();
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    throw noSavepoints();
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    throw noSavepoints();
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    throw noSavepoints();
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    throw noProcedures();
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    throw noProcedures();
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    throw noProcedures();
  }

  @Override
  public Clob createClob() throws SQLException {
    throw noLocators();
  }

  @Override
  public Blob createBlob() throws SQLException {
    throw noLocators();
  }

  @Override
  public NClob createNClob() throws SQLException {
    throw noLocators();
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    throw SqlErrors.notSupported("there is no XML type; use text");
  }

  @Override
  public Array createArrayOf(String typeName, @Nullable Object @Nullable [] elements)
      throws SQLException {
    throw SqlErrors.notSupported("arrays cannot be parameters yet; pass the elements one by one");
  }

  @Override
  public Struct createStruct(String typeName, @Nullable Object @Nullable [] attributes)
      throws SQLException {
    throw SqlErrors.notSupported("there are no user-defined types");
  }

  @Override
  public Map<String, Class<?>> getTypeMap() {
    return Map.of();
  }

  @Override
  public void setTypeMap(@Nullable Map<String, Class<?>> types) throws SQLException {
    if (types != null && !types.isEmpty()) {
      throw SqlErrors.notSupported("there are no user-defined types");
    }
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
