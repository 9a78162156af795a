package io.meridiandb.jdbc;

import io.meridiandb.wire.proto.Type;
import java.sql.ParameterMetaData;
import java.sql.SQLException;
import java.util.List;

/** The types that the server inferred for a statement's parameters. */
final class ParametersMetaData implements ParameterMetaData {
  private final List<Type> types;

  ParametersMetaData(List<Type> types) {
    this.types = types;
  }

  private Type type(int parameter) throws SQLException {
    if (parameter < 1 || parameter > types.size()) {
      throw SqlErrors.invalidArgument(
          "there is no parameter " + parameter + "; the statement has " + types.size());
    }
    return types.get(parameter - 1);
  }

  @Override
  public int getParameterCount() {
    return types.size();
  }

  @Override
  public int isNullable(int parameter) throws SQLException {
    type(parameter);
    return parameterNullableUnknown;
  }

  @Override
  public boolean isSigned(int parameter) throws SQLException {
    return SqlTypes.isNumber(type(parameter).getKind());
  }

  @Override
  public int getPrecision(int parameter) throws SQLException {
    return SqlTypes.precision(type(parameter));
  }

  @Override
  public int getScale(int parameter) throws SQLException {
    return SqlTypes.scale(type(parameter));
  }

  @Override
  public int getParameterType(int parameter) throws SQLException {
    return SqlTypes.jdbcType(type(parameter));
  }

  @Override
  public String getParameterTypeName(int parameter) throws SQLException {
    return SqlTypes.name(type(parameter));
  }

  @Override
  public String getParameterClassName(int parameter) throws SQLException {
    return SqlTypes.className(type(parameter).getKind());
  }

  @Override
  public int getParameterMode(int parameter) throws SQLException {
    type(parameter);
    return parameterModeIn;
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
