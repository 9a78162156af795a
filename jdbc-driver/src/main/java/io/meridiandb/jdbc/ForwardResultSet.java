package io.meridiandb.jdbc;

import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every forward-only, read-only result set has in common, refusals included. */
abstract class ForwardResultSet extends LabelledResultSet {
  private int fetchSize;

  private static SQLException forwardOnly() {
    return SqlErrors.notSupported(
        "a result set can only be read forwards (TYPE_FORWARD_ONLY); keep the rows in a list to go back");
  }

  private static SQLException noLocator(String what) {
    return SqlErrors.notSupported(
        "there is no " + what + " in Meridian; read the column by getString, getBytes or a stream");
  }

  @Override
  public void beforeFirst() throws SQLException {
    throw forwardOnly();
  }

  @Override
  public void afterLast() throws SQLException {
    throw forwardOnly();
  }

  @Override
  public boolean first() throws SQLException {
    throw forwardOnly();
  }

  @Override
  public boolean last() throws SQLException {
    throw forwardOnly();
  }

  @Override
  public boolean absolute(int row) throws SQLException {
    throw forwardOnly();
  }

  @Override
  public boolean relative(int rows) throws SQLException {
    throw forwardOnly();
  }

  @Override
  public boolean previous() throws SQLException {
    throw forwardOnly();
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    if (direction != ResultSet.FETCH_FORWARD) {
      throw forwardOnly();
    }
  }

  @Override
  public int getFetchDirection() {
    return ResultSet.FETCH_FORWARD;
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    if (rows < 0) {
      throw SqlErrors.invalidArgument("a fetch size is not negative: " + rows);
    }
    fetchSize = rows; // the statement's has gone to the server with the request
  }

  @Override
  public int getFetchSize() {
    return fetchSize;
  }

  @Override
  public int getType() {
    return ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public int getConcurrency() {
    return ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public int getHoldability() {
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public @Nullable SQLWarning getWarnings() {
    return null;
  }

  @Override
  public void clearWarnings() {
    // there are none
  }

  @Override
  public String getCursorName() throws SQLException {
    throw SqlErrors.notSupported("there are no named cursors; use a primary key in UPDATE … WHERE");
  }

  @Override
  @Deprecated
  public @Nullable BigDecimal getBigDecimal(int column, int scale) throws SQLException {
    BigDecimal value = getBigDecimal(column);
    return value == null ? null : value.setScale(scale, RoundingMode.HALF_UP);
  }

  @Override
  @Deprecated
  public InputStream getUnicodeStream(int column) throws SQLException {
    throw SqlErrors.notSupported("getUnicodeStream is deprecated; use getCharacterStream");
  }

  @Override
  public @Nullable Object getObject(int column, @Nullable Map<String, Class<?>> types)
      throws SQLException {
    if (types == null || types.isEmpty()) {
      return getObject(column);
    }
    throw SqlErrors.notSupported("there are no user-defined types; use getObject(column, Class)");
  }

  @Override
  public Ref getRef(int column) throws SQLException {
    throw noLocator("REF");
  }

  @Override
  public Blob getBlob(int column) throws SQLException {
    throw noLocator("BLOB locator");
  }

  @Override
  public Clob getClob(int column) throws SQLException {
    throw noLocator("CLOB locator");
  }

  @Override
  public NClob getNClob(int column) throws SQLException {
    throw noLocator("NCLOB locator");
  }

  @Override
  public Array getArray(int column) throws SQLException {
    throw SqlErrors.notSupported("arrays cannot be read as java.sql.Array yet; use getString");
  }

  @Override
  public URL getURL(int column) throws SQLException {
    throw noLocator("DATALINK");
  }

  @Override
  public RowId getRowId(int column) throws SQLException {
    throw noLocator("ROWID");
  }

  @Override
  public SQLXML getSQLXML(int column) throws SQLException {
    throw noLocator("XML");
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
