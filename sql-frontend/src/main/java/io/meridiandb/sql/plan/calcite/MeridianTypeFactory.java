package io.meridiandb.sql.plan.calcite;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * Makes Calcite's types. Text has one type, VARCHAR without limit, literals included: so nothing is
 * padded and {@code 'a' = 'a '} is false. Limits of VARCHAR(n) are kept by the table, not here.
 * TIMESTAMP WITH TIME ZONE is PostgreSQL's TIMESTAMPTZ, a moment without a zone of its own.
 */
public final class MeridianTypeFactory extends SqlTypeFactoryImpl {
  public MeridianTypeFactory() {
    super(new MeridianTypeSystem());
  }

  @Override
  public RelDataType createSqlType(SqlTypeName typeName) {
    return switch (typeName) {
      case CHAR, VARCHAR -> unlimited(SqlTypeName.VARCHAR);
      case BINARY, VARBINARY -> unlimited(SqlTypeName.VARBINARY);
      case FLOAT -> super.createSqlType(SqlTypeName.DOUBLE);
      case TINYINT -> super.createSqlType(SqlTypeName.SMALLINT);
      case DECIMAL ->
          super.createSqlType(
              SqlTypeName.DECIMAL,
              MeridianTypeSystem.NUMERIC_PRECISION_MAX,
              MeridianTypeSystem.NUMERIC_SCALE_UNCONSTRAINED);
      case TIMESTAMP_TZ -> createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          super.createSqlType(typeName, MeridianTypeSystem.DATETIME_PRECISION);
      default -> super.createSqlType(typeName);
    };
  }

  private RelDataType unlimited(SqlTypeName typeName) {
    return super.createSqlType(typeName, RelDataType.PRECISION_NOT_SPECIFIED);
  }

  @Override
  public RelDataType createSqlType(SqlTypeName typeName, int precision) {
    return switch (typeName) {
      case CHAR, VARCHAR, BINARY, VARBINARY, TIMESTAMP_TZ -> createSqlType(typeName);
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          super.createSqlType(typeName, MeridianTypeSystem.DATETIME_PRECISION);
      case DECIMAL -> super.createSqlType(SqlTypeName.DECIMAL, precision, 0);
      default -> super.createSqlType(typeName, precision);
    };
  }

  @Override
  public Charset getDefaultCharset() {
    return StandardCharsets.UTF_8;
  }
}
