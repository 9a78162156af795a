package io.meridiandb.sql.plan.calcite;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.type.SqlTypeName;

/** Between Calcite's types and those of rows. */
public final class RelTypes {
  private RelTypes() {}

  /** The type of a column for Calcite. */
  public static RelDataType toRel(RelDataTypeFactory factory, SqlType type, boolean nullable) {
    return factory.createTypeWithNullability(toRel(factory, type), nullable);
  }

  private static RelDataType toRel(RelDataTypeFactory factory, SqlType type) {
    return switch (type.kind()) {
      case BOOLEAN -> factory.createSqlType(SqlTypeName.BOOLEAN);
      case SMALLINT -> factory.createSqlType(SqlTypeName.SMALLINT);
      case INTEGER -> factory.createSqlType(SqlTypeName.INTEGER);
      case BIGINT -> factory.createSqlType(SqlTypeName.BIGINT);
      case REAL -> factory.createSqlType(SqlTypeName.REAL);
      case DOUBLE -> factory.createSqlType(SqlTypeName.DOUBLE);
      case NUMERIC ->
          type.precision() == 0
              ? factory.createSqlType(SqlTypeName.DECIMAL)
              : factory.createSqlType(SqlTypeName.DECIMAL, type.precision(), type.scale());
      case TEXT -> factory.createSqlType(SqlTypeName.VARCHAR);
      case BYTEA -> factory.createSqlType(SqlTypeName.VARBINARY);
      case DATE -> factory.createSqlType(SqlTypeName.DATE);
      case TIME -> factory.createSqlType(SqlTypeName.TIME);
      case TIMESTAMP -> factory.createSqlType(SqlTypeName.TIMESTAMP);
      case TIMESTAMPTZ -> factory.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
      case UUID -> factory.createSqlType(SqlTypeName.UUID);
      case JSONB -> factory.createSqlType(SqlTypeName.VARIANT);
    };
  }

  /**
   * The row type of a Calcite type; NULL without a type is TEXT.
   *
   * @throws MeridianException FEATURE_NOT_SUPPORTED for a type that rows cannot hold
   */
  public static SqlType toSql(RelDataType type) {
    return switch (type.getSqlTypeName()) {
      case BOOLEAN -> SqlType.BOOLEAN;
      case TINYINT, SMALLINT -> SqlType.SMALLINT;
      case INTEGER -> SqlType.INTEGER;
      case BIGINT -> SqlType.BIGINT;
      case REAL -> SqlType.REAL;
      case FLOAT, DOUBLE -> SqlType.DOUBLE;
      case DECIMAL -> numeric(type);
      case CHAR, VARCHAR, NULL, UNKNOWN, SYMBOL -> SqlType.TEXT;
      case BINARY, VARBINARY -> SqlType.BYTEA;
      case DATE -> SqlType.DATE;
      case TIME -> SqlType.TIME;
      case TIMESTAMP -> SqlType.TIMESTAMP;
      case TIMESTAMP_TZ, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> SqlType.TIMESTAMPTZ;
      case UUID -> SqlType.UUID;
      case VARIANT, OTHER -> SqlType.JSONB;
      default ->
          throw new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "values of type " + type.getSqlTypeName().getSpaceName() + " are not supported yet");
    };
  }

  private static SqlType numeric(RelDataType type) {
    return type.getScale() == MeridianTypeSystem.NUMERIC_SCALE_UNCONSTRAINED
            || type.getPrecision() >= MeridianTypeSystem.NUMERIC_PRECISION_MAX
        ? SqlType.NUMERIC
        : SqlType.numeric(type.getPrecision(), type.getScale());
  }
}
