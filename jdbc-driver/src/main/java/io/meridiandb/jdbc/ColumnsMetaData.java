package io.meridiandb.jdbc;

import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Type;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;

/** The columns of a result. */
final class ColumnsMetaData implements ResultSetMetaData {
  private static final int WIDTH_UNLIMITED = 40;

  private final List<Column> columns;

  ColumnsMetaData(List<Column> columns) {
    this.columns = columns;
  }

  private Column column(int number) throws SQLException {
    if (number < 1 || number > columns.size()) {
      throw SqlErrors.invalidArgument(
          "there is no column " + number + "; the result has " + columns.size());
    }
    return columns.get(number - 1);
  }

  private Type type(int column) throws SQLException {
    return column(column).getType();
  }

  @Override
  public int getColumnCount() {
    return columns.size();
  }

  @Override
  public boolean isAutoIncrement(int column) throws SQLException {
    column(column);
    return false;
  }

  @Override
  public boolean isCaseSensitive(int column) throws SQLException {
    Type.Kind kind = type(column).getKind();
    return kind == Type.Kind.TEXT || kind == Type.Kind.JSONB;
  }

  @Override
  public boolean isSearchable(int column) throws SQLException {
    column(column);
    return true;
  }

  @Override
  public boolean isCurrency(int column) throws SQLException {
    column(column);
    return false;
  }

  @Override
  public int isNullable(int column) throws SQLException {
    return column(column).getNullable() ? columnNullable : columnNoNulls;
  }

  @Override
  public boolean isSigned(int column) throws SQLException {
    return SqlTypes.isNumber(type(column).getKind());
  }

  @Override
  public int getColumnDisplaySize(int column) throws SQLException {
    int precision = SqlTypes.precision(type(column));
    return precision == 0 ? WIDTH_UNLIMITED : precision + (isSigned(column) ? 2 : 0);
  }

  @Override
  public String getColumnLabel(int column) throws SQLException {
    return column(column).getName();
  }

  @Override
  public String getColumnName(int column) throws SQLException {
    return column(column).getName();
  }

  @Override
  public String getSchemaName(int column) throws SQLException {
    column(column);
    return "";
  }

  @Override
  public int getPrecision(int column) throws SQLException {
    return SqlTypes.precision(type(column));
  }

  @Override
  public int getScale(int column) throws SQLException {
    return SqlTypes.scale(type(column));
  }

  @Override
  public String getTableName(int column) throws SQLException {
    return column(column).getTable();
  }

  @Override
  public String getCatalogName(int column) throws SQLException {
    column(column);
    return "";
  }

  @Override
  public int getColumnType(int column) throws SQLException {
    return SqlTypes.jdbcType(type(column));
  }

  @Override
  public String getColumnTypeName(int column) throws SQLException {
    return SqlTypes.name(type(column));
  }

  @Override
  public boolean isReadOnly(int column) throws SQLException {
    return column(column).getTable().isEmpty();
  }

  @Override
  public boolean isWritable(int column) throws SQLException {
    return !isReadOnly(column);
  }

  @Override
  public boolean isDefinitelyWritable(int column) throws SQLException {
    return !isReadOnly(column);
  }

  @Override
  public String getColumnClassName(int column) throws SQLException {
    return SqlTypes.className(type(column).getKind());
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
