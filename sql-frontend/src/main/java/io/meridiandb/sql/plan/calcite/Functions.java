package io.meridiandb.sql.plan.calcite;

import static org.apache.calcite.sql.type.SqlTypeFamily.ANY;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;
import static org.apache.calcite.sql.type.SqlTypeFamily.DATETIME;
import static org.apache.calcite.sql.type.SqlTypeFamily.INTEGER;
import static org.apache.calcite.sql.type.SqlTypeFamily.NUMERIC;
import static org.apache.calcite.sql.type.SqlTypeFamily.STRING;

import io.meridiandb.row.expr.ScalarFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's functions by name, with the {@link ScalarFunction} that evaluates each. They replace
 * Calcite's functions of the same names, whose types and rules differ.
 */
public final class Functions {
  /** The functions that the session answers, with one value for a whole transaction. */
  public enum Context {
    /** {@code now()}: the transaction's start, TIMESTAMPTZ. */
    NOW,
    /** {@code current_database()}. */
    DATABASE,
    /** {@code current_schema()}. */
    SCHEMA,
    /** {@code current_user}. */
    USER,
    /** {@code version()}. */
    VERSION
  }

  private static final SqlReturnTypeInference TEXT = nullable(SqlTypeName.VARCHAR);
  private static final SqlReturnTypeInference INT = nullable(SqlTypeName.INTEGER);
  private static final SqlReturnTypeInference LONG = nullable(SqlTypeName.BIGINT);
  private static final SqlReturnTypeInference BOOL = nullable(SqlTypeName.BOOLEAN);
  private static final SqlReturnTypeInference FLOAT = nullable(SqlTypeName.DOUBLE);
  private static final SqlReturnTypeInference DATE = nullable(SqlTypeName.DATE);
  private static final SqlReturnTypeInference MOMENT =
      nullable(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);

  /** NUMERIC if any argument is, otherwise DOUBLE PRECISION: PostgreSQL's sqrt, power, ln … */
  private static final SqlReturnTypeInference NUMERIC_OR_DOUBLE =
      binding -> {
        boolean decimal = false;
        boolean isNullable = false;
        for (RelDataType type : binding.collectOperandTypes()) {
          decimal |= SqlTypeUtil.isDecimal(type);
          isNullable |= type.isNullable();
        }
        return type(binding.getTypeFactory(), decimal, isNullable);
      };

  /** DOUBLE PRECISION of floating point, otherwise NUMERIC: PostgreSQL's round and trunc. */
  private static final SqlReturnTypeInference ROUNDED =
      binding -> {
        RelDataType type = binding.getOperandType(0);
        boolean approximate = SqlTypeUtil.isApproximateNumeric(type);
        return type(binding.getTypeFactory(), !approximate, type.isNullable());
      };

  private static final Map<String, ScalarFunction> SCALARS = new LinkedHashMap<>();
  private static final Map<String, Context> CONTEXTS = new LinkedHashMap<>();
  private static final List<SqlOperator> OPERATORS = new ArrayList<>();

  static {
    text();
    numbers();
    times();
    context();
  }

  private Functions() {}

  private static void text() {
    add("length", ScalarFunction.LENGTH, INT, 1, STRING);
    add("octet_length", ScalarFunction.OCTET_LENGTH, INT, 1, STRING);
    add("btrim", ScalarFunction.TRIM_BOTH, TEXT, 1, CHARACTER, CHARACTER);
    add("ltrim", ScalarFunction.TRIM_LEADING, TEXT, 1, CHARACTER, CHARACTER);
    add("rtrim", ScalarFunction.TRIM_TRAILING, TEXT, 1, CHARACTER, CHARACTER);
    add("replace", ScalarFunction.REPLACE, TEXT, 3, CHARACTER, CHARACTER, CHARACTER);
    add("split_part", ScalarFunction.SPLIT_PART, TEXT, 3, CHARACTER, CHARACTER, INTEGER);
    add("lpad", ScalarFunction.LPAD, TEXT, 2, CHARACTER, INTEGER, CHARACTER);
    add("rpad", ScalarFunction.RPAD, TEXT, 2, CHARACTER, INTEGER, CHARACTER);
    add("left", ScalarFunction.LEFT, TEXT, 2, CHARACTER, INTEGER);
    add("right", ScalarFunction.RIGHT, TEXT, 2, CHARACTER, INTEGER);
    add("repeat", ScalarFunction.REPEAT, TEXT, 2, CHARACTER, INTEGER);
    add("reverse", ScalarFunction.REVERSE, TEXT, 1, CHARACTER);
    add("starts_with", ScalarFunction.STARTS_WITH, BOOL, 2, CHARACTER, CHARACTER);
    add("md5", ScalarFunction.MD5, TEXT, 1, CHARACTER);
    add("initcap", ScalarFunction.INITCAP, TEXT, 1, CHARACTER);
    add("ascii", ScalarFunction.ASCII, INT, 1, CHARACTER);
    add("chr", ScalarFunction.CHR, TEXT, 1, INTEGER);
    add("strpos", ScalarFunction.POSITION, INT, 2, CHARACTER, CHARACTER);
    add("translate", ScalarFunction.TRANSLATE, TEXT, 3, CHARACTER, CHARACTER, CHARACTER);
    add("substr", ScalarFunction.SUBSTRING, TEXT, 2, CHARACTER, INTEGER, INTEGER);
    variadic("concat", ScalarFunction.CONCAT_ANY);
    variadic("concat_ws", ScalarFunction.CONCAT_WS);
  }

  private static void numbers() {
    add("round", ScalarFunction.ROUND, ROUNDED, 1, NUMERIC, INTEGER);
    add("trunc", ScalarFunction.TRUNC, ROUNDED, 1, NUMERIC, INTEGER);
    add("sign", ScalarFunction.SIGN, NUMERIC_OR_DOUBLE, 1, NUMERIC);
    add("sqrt", ScalarFunction.SQRT, NUMERIC_OR_DOUBLE, 1, NUMERIC);
    add("cbrt", ScalarFunction.CBRT, FLOAT, 1, NUMERIC);
    add("power", ScalarFunction.POWER, NUMERIC_OR_DOUBLE, 2, NUMERIC, NUMERIC);
    add("pow", ScalarFunction.POWER, NUMERIC_OR_DOUBLE, 2, NUMERIC, NUMERIC);
    add("ln", ScalarFunction.LN, NUMERIC_OR_DOUBLE, 1, NUMERIC);
    add("exp", ScalarFunction.EXP, NUMERIC_OR_DOUBLE, 1, NUMERIC);
    add("log", ScalarFunction.LOG, NUMERIC_OR_DOUBLE, 1, NUMERIC, NUMERIC);
    add("log10", ScalarFunction.LOG, NUMERIC_OR_DOUBLE, 1, NUMERIC);
    add("sin", ScalarFunction.SIN, FLOAT, 1, NUMERIC);
    add("cos", ScalarFunction.COS, FLOAT, 1, NUMERIC);
    add("tan", ScalarFunction.TAN, FLOAT, 1, NUMERIC);
    add("asin", ScalarFunction.ASIN, FLOAT, 1, NUMERIC);
    add("acos", ScalarFunction.ACOS, FLOAT, 1, NUMERIC);
    add("atan", ScalarFunction.ATAN, FLOAT, 1, NUMERIC);
    add("atan2", ScalarFunction.ATAN2, FLOAT, 2, NUMERIC, NUMERIC);
    add("radians", ScalarFunction.RADIANS, FLOAT, 1, NUMERIC);
    add("degrees", ScalarFunction.DEGREES, FLOAT, 1, NUMERIC);
    add("bit_reverse", ScalarFunction.BIT_REVERSE, LONG, 1, INTEGER);
  }

  private static void times() {
    SqlReturnTypeInference sameMoment =
        binding -> {
          RelDataType type = binding.getOperandType(1);
          RelDataTypeFactory factory = binding.getTypeFactory();
          return type.getSqlTypeName() == SqlTypeName.DATE
              ? factory.createTypeWithNullability(
                  factory.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE),
                  type.isNullable())
              : type;
        };
    add("date_trunc", ScalarFunction.DATE_TRUNC, sameMoment, 2, CHARACTER, DATETIME);
    add("date_part", ScalarFunction.EXTRACT, FLOAT, 2, CHARACTER, DATETIME);
    add("to_timestamp", ScalarFunction.TO_TIMESTAMP, MOMENT, 1, NUMERIC);
    add("make_date", ScalarFunction.MAKE_DATE, DATE, 3, INTEGER, INTEGER, INTEGER);
  }

  private static void context() {
    context("now", Context.NOW, MOMENT);
    context("transaction_timestamp", Context.NOW, MOMENT);
    context("statement_timestamp", Context.NOW, MOMENT);
    context("current_database", Context.DATABASE, TEXT);
    context("current_schema", Context.SCHEMA, TEXT);
    context("version", Context.VERSION, TEXT);
  }

  private static RelDataType type(RelDataTypeFactory factory, boolean decimal, boolean isNullable) {
    return factory.createTypeWithNullability(
        factory.createSqlType(decimal ? SqlTypeName.DECIMAL : SqlTypeName.DOUBLE), isNullable);
  }

  private static SqlReturnTypeInference nullable(SqlTypeName name) {
    return ReturnTypes.explicit(name).andThen(SqlTypeTransforms.TO_NULLABLE);
  }

  /** A function whose arguments from {@code required} on may be left out. */
  private static void add(
      String name,
      ScalarFunction function,
      SqlReturnTypeInference type,
      int required,
      SqlTypeFamily... families) {
    SCALARS.put(name, function);
    OPERATORS.add(
        SqlBasicFunction.create(
            name,
            type,
            OperandTypes.family(List.of(families), argument -> argument >= required),
            SqlFunctionCategory.USER_DEFINED_FUNCTION));
  }

  private static void variadic(String name, ScalarFunction function) {
    SCALARS.put(name, function);
    SqlOperandCountRange count = SqlOperandCountRanges.from(1);
    OPERATORS.add(
        SqlBasicFunction.create(
            name,
            ReturnTypes.explicit(SqlTypeName.VARCHAR).andThen(SqlTypeTransforms.FORCE_NULLABLE),
            OperandTypes.repeat(count, OperandTypes.family(ANY)),
            SqlFunctionCategory.USER_DEFINED_FUNCTION));
  }

  private static void context(String name, Context context, SqlReturnTypeInference type) {
    CONTEXTS.put(name, context);
    OPERATORS.add(
        SqlBasicFunction.create(
                name, type, OperandTypes.NILADIC, SqlFunctionCategory.USER_DEFINED_FUNCTION)
            .withDeterministic(false)
            .withDynamic(true));
  }

  /** The operator of this name. */
  static SqlOperator operator(String name) {
    for (SqlOperator operator : OPERATORS) {
      if (operator.getName().equals(name)) {
        return operator;
      }
    }
    throw new IllegalArgumentException("no function " + name);
  }

  /** All of them, for the operator table. */
  static List<SqlOperator> operators() {
    return List.copyOf(OPERATORS);
  }

  /** The function of this name that evaluates row by row, or null. */
  public static @Nullable ScalarFunction scalar(String name) {
    return SCALARS.get(name.toLowerCase(Locale.ROOT));
  }

  /** The function of this name that the session answers, or null. */
  public static @Nullable Context contextOf(String name) {
    return CONTEXTS.get(name.toLowerCase(Locale.ROOT));
  }
}
