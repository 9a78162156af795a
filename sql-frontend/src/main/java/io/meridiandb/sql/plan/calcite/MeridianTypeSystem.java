package io.meridiandb.sql.plan.calcite;

import java.math.RoundingMode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's type rules where Calcite leaves a choice. Unconstrained NUMERIC, which Calcite does
 * not know, is a DECIMAL of {@link #NUMERIC_PRECISION_MAX} digits: arithmetic on NUMERIC always
 * gives it, so no digit is cut on the way.
 */
public final class MeridianTypeSystem extends RelDataTypeSystemImpl {
  /** Most digits of a NUMERIC. */
  public static final int NUMERIC_PRECISION_MAX = 1_000;

  /** The scale that marks an unconstrained NUMERIC. */
  public static final int NUMERIC_SCALE_UNCONSTRAINED = 500;

  /** Digits of a second's fraction: microseconds. */
  public static final int DATETIME_PRECISION = 6;

  @Override
  public int getMaxPrecision(SqlTypeName typeName) {
    return switch (typeName) {
      case DECIMAL -> NUMERIC_PRECISION_MAX;
      case CHAR, VARCHAR, BINARY, VARBINARY -> Integer.MAX_VALUE;
      case TIME, TIMESTAMP, TIMESTAMP_TZ, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> DATETIME_PRECISION;
      default -> super.getMaxPrecision(typeName);
    };
  }

  @Override
  public int getMaxScale(SqlTypeName typeName) {
    return typeName == SqlTypeName.DECIMAL ? NUMERIC_PRECISION_MAX : super.getMaxScale(typeName);
  }

  @Override
  public int getDefaultPrecision(SqlTypeName typeName) {
    return switch (typeName) {
      case TIME, TIMESTAMP, TIMESTAMP_TZ, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> DATETIME_PRECISION;
      default ->
          SqlTypeName.INTERVAL_TYPES.contains(typeName)
              ? SqlTypeName.MAX_INTERVAL_START_PRECISION
              : super.getDefaultPrecision(typeName);
    };
  }

  @Override
  public RoundingMode roundingMode() {
    return RoundingMode.HALF_UP;
  }

  @Override
  public boolean shouldConvertRaggedUnionTypesToVarying() {
    return true;
  }

  /** PostgreSQL: sum of small integers is BIGINT, of BIGINT and NUMERIC is NUMERIC. */
  @Override
  public RelDataType deriveSumType(RelDataTypeFactory typeFactory, RelDataType argumentType) {
    RelDataType type =
        switch (argumentType.getSqlTypeName()) {
          case TINYINT, SMALLINT, INTEGER -> typeFactory.createSqlType(SqlTypeName.BIGINT);
          case BIGINT, DECIMAL -> typeFactory.createSqlType(SqlTypeName.DECIMAL);
          default -> argumentType;
        };
    return typeFactory.createTypeWithNullability(type, argumentType.isNullable());
  }

  /** PostgreSQL: avg is NUMERIC, of floating point DOUBLE PRECISION. */
  @Override
  public RelDataType deriveAvgAggType(RelDataTypeFactory typeFactory, RelDataType argumentType) {
    RelDataType type =
        SqlTypeUtil.isApproximateNumeric(argumentType)
            ? typeFactory.createSqlType(SqlTypeName.DOUBLE)
            : typeFactory.createSqlType(SqlTypeName.DECIMAL);
    return typeFactory.createTypeWithNullability(type, argumentType.isNullable());
  }

  @Override
  public @Nullable RelDataType deriveDecimalPlusType(
      RelDataTypeFactory typeFactory, RelDataType left, RelDataType right) {
    return unconstrained(typeFactory, left, right);
  }

  @Override
  public @Nullable RelDataType deriveDecimalMultiplyType(
      RelDataTypeFactory typeFactory, RelDataType left, RelDataType right) {
    return unconstrained(typeFactory, left, right);
  }

  @Override
  public @Nullable RelDataType deriveDecimalDivideType(
      RelDataTypeFactory typeFactory, RelDataType left, RelDataType right) {
    return unconstrained(typeFactory, left, right);
  }

  @Override
  public @Nullable RelDataType deriveDecimalModType(
      RelDataTypeFactory typeFactory, RelDataType left, RelDataType right) {
    return unconstrained(typeFactory, left, right);
  }

  private static @Nullable RelDataType unconstrained(
      RelDataTypeFactory typeFactory, RelDataType left, RelDataType right) {
    boolean exact = SqlTypeUtil.isExactNumeric(left) && SqlTypeUtil.isExactNumeric(right);
    if (!exact || !(SqlTypeUtil.isDecimal(left) || SqlTypeUtil.isDecimal(right))) {
      return null;
    }
    return typeFactory.createTypeWithNullability(
        typeFactory.createSqlType(SqlTypeName.DECIMAL), left.isNullable() || right.isNullable());
  }
}
