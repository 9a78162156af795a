package io.meridiandb.sql.catalog;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.Locale;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.jspecify.annotations.Nullable;

/** Type names of CREATE TABLE. */
public final class ColumnTypes {
  private ColumnTypes() {}

  /**
   * The type that a column is declared with.
   *
   * @throws PositionedException UNDEFINED_OBJECT or FEATURE_NOT_SUPPORTED
   */
  public static SqlType of(SqlDataTypeSpec spec) {
    SqlTypeNameSpec name = spec.getTypeNameSpec();
    SqlType type =
        name instanceof SqlBasicTypeNameSpec basic
            ? ofBasic(basic)
            : named(name.getTypeName().names.getLast());
    if (type == null) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.UNDEFINED_OBJECT,
                  "type \""
                      + name.getTypeName().toString().toLowerCase(Locale.ROOT)
                      + "\" does not exist")
              .withHint(
                  "Types: TEXT, VARCHAR(n), SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION,"
                      + " NUMERIC(p,s), BOOLEAN, BYTEA, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, UUID,"
                      + " JSONB."),
          spec.getParserPosition());
    }
    return type;
  }

  private static @Nullable SqlType ofBasic(SqlBasicTypeNameSpec spec) {
    int precision = spec.getPrecision();
    return switch (spec.getTypeName().getSimple().toUpperCase(Locale.ROOT)) {
      case "BOOLEAN" -> SqlType.BOOLEAN;
      case "SMALLINT" -> SqlType.SMALLINT;
      case "INTEGER" -> SqlType.INTEGER;
      case "BIGINT" -> SqlType.BIGINT;
      case "REAL" -> SqlType.REAL;
      case "FLOAT", "DOUBLE" -> SqlType.DOUBLE;
      case "DECIMAL" -> numeric(spec);
      case "VARCHAR" -> precision <= 0 ? SqlType.TEXT : SqlType.varchar(precision);
      case "VARBINARY" -> SqlType.BYTEA;
      case "DATE" -> SqlType.DATE;
      case "TIME" -> SqlType.TIME;
      case "TIMESTAMP" -> SqlType.TIMESTAMP;
      case "TIMESTAMP_TZ", "TIMESTAMP_WITH_LOCAL_TIME_ZONE" -> SqlType.TIMESTAMPTZ;
      case "UUID" -> SqlType.UUID;
      default -> null;
    };
  }

  private static SqlType numeric(SqlBasicTypeNameSpec spec) {
    int precision = spec.getPrecision();
    if (precision < 0) {
      return SqlType.NUMERIC;
    }
    int scale = Math.max(0, spec.getScale());
    if (precision < 1 || precision > TableBuilder.NUMERIC_PRECISION_MAX || scale > precision) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.INVALID_PARAMETER_VALUE,
              "NUMERIC(%d,%d): the precision is 1 to %d, the scale 0 to the precision"
                  .formatted(precision, scale, TableBuilder.NUMERIC_PRECISION_MAX)),
          spec.getParserPos());
    }
    return SqlType.numeric(precision, scale);
  }

  /** PostgreSQL's own type names, which the grammar takes as plain words; null if unknown. */
  public static @Nullable SqlType named(String name) {
    return switch (name.replace("`", "").toLowerCase(Locale.ROOT)) {
      case "text", "varchar", "name" -> SqlType.TEXT;
      case "int2" -> SqlType.SMALLINT;
      case "int4" -> SqlType.INTEGER;
      case "int8" -> SqlType.BIGINT;
      case "float4" -> SqlType.REAL;
      case "float8" -> SqlType.DOUBLE;
      case "bool" -> SqlType.BOOLEAN;
      case "bytea" -> SqlType.BYTEA;
      case "timestamptz" -> SqlType.TIMESTAMPTZ;
      case "json", "jsonb" -> SqlType.JSONB;
      default -> null;
    };
  }
}
