package io.meridiandb.jdbc;

import io.meridiandb.wire.proto.Type;
import java.sql.Types;
import java.util.Locale;

/** What JDBC wants to know about each SQL type. */
final class SqlTypes {
  /** Digits of a NUMERIC column without a declared precision. */
  private static final int NUMERIC_PRECISION_UNKNOWN = 0;

  private static final int TIMESTAMP_DIGITS = 6;

  private SqlTypes() {}

  /** The constant of {@link Types}. */
  static int jdbcType(Type type) {
    return type.getArray() ? Types.ARRAY : jdbcType(type.getKind());
  }

  static int jdbcType(Type.Kind kind) {
    return switch (kind) {
      case BOOLEAN -> Types.BOOLEAN;
      case SMALLINT -> Types.SMALLINT;
      case INTEGER -> Types.INTEGER;
      case BIGINT -> Types.BIGINT;
      case REAL -> Types.REAL;
      case DOUBLE -> Types.DOUBLE;
      case NUMERIC -> Types.NUMERIC;
      case TEXT -> Types.VARCHAR;
      case BYTEA -> Types.VARBINARY;
      case DATE -> Types.DATE;
      case TIME -> Types.TIME;
      case TIMESTAMP -> Types.TIMESTAMP;
      case TIMESTAMPTZ -> Types.TIMESTAMP_WITH_TIMEZONE;
      case UUID, JSONB, UNKNOWN, UNRECOGNIZED -> Types.OTHER;
    };
  }

  /** The kind that a parameter of a {@link Types} constant gets; UNKNOWN lets the server infer. */
  static Type.Kind kind(int jdbcType) {
    return switch (jdbcType) {
      case Types.BOOLEAN, Types.BIT -> Type.Kind.BOOLEAN;
      case Types.TINYINT, Types.SMALLINT -> Type.Kind.SMALLINT;
      case Types.INTEGER -> Type.Kind.INTEGER;
      case Types.BIGINT -> Type.Kind.BIGINT;
      case Types.REAL -> Type.Kind.REAL;
      case Types.FLOAT, Types.DOUBLE -> Type.Kind.DOUBLE;
      case Types.NUMERIC, Types.DECIMAL -> Type.Kind.NUMERIC;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> Type.Kind.BYTEA;
      case Types.DATE -> Type.Kind.DATE;
      case Types.TIME -> Type.Kind.TIME;
      case Types.TIMESTAMP -> Type.Kind.TIMESTAMP;
      case Types.TIMESTAMP_WITH_TIMEZONE -> Type.Kind.TIMESTAMPTZ;
      default -> Type.Kind.UNKNOWN;
    };
  }

  /** The kind that a type's name in SQL means; UNKNOWN if it is none that the driver knows. */
  static Type.Kind parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "boolean", "bool" -> Type.Kind.BOOLEAN;
      case "smallint", "int2" -> Type.Kind.SMALLINT;
      case "integer", "int", "int4" -> Type.Kind.INTEGER;
      case "bigint", "int8" -> Type.Kind.BIGINT;
      case "real", "float4" -> Type.Kind.REAL;
      case "double precision", "double", "float8" -> Type.Kind.DOUBLE;
      case "numeric", "decimal" -> Type.Kind.NUMERIC;
      case "text", "varchar", "character varying", "character", "char" -> Type.Kind.TEXT;
      case "bytea" -> Type.Kind.BYTEA;
      case "date" -> Type.Kind.DATE;
      case "time", "time without time zone" -> Type.Kind.TIME;
      case "timestamp", "timestamp without time zone" -> Type.Kind.TIMESTAMP;
      case "timestamptz", "timestamp with time zone" -> Type.Kind.TIMESTAMPTZ;
      case "uuid" -> Type.Kind.UUID;
      case "jsonb", "json" -> Type.Kind.JSONB;
      default -> Type.Kind.UNKNOWN;
    };
  }

  /** The type's name in SQL. */
  static String name(Type type) {
    return name(type.getKind()) + (type.getArray() ? "[]" : "");
  }

  static String name(Type.Kind kind) {
    return kind == Type.Kind.DOUBLE ? "double precision" : kind.name().toLowerCase(Locale.ROOT);
  }

  /** The class that {@code getObject} gives. */
  static String className(Type.Kind kind) {
    return switch (kind) {
      case BOOLEAN -> "java.lang.Boolean";
      case SMALLINT, INTEGER -> "java.lang.Integer";
      case BIGINT -> "java.lang.Long";
      case REAL -> "java.lang.Float";
      case DOUBLE -> "java.lang.Double";
      case NUMERIC -> "java.math.BigDecimal";
      case BYTEA -> "[B";
      case DATE -> "java.sql.Date";
      case TIME -> "java.sql.Time";
      case TIMESTAMP -> "java.sql.Timestamp";
      case TIMESTAMPTZ -> "java.time.OffsetDateTime";
      case UUID -> "java.util.UUID";
      case TEXT, JSONB, UNKNOWN, UNRECOGNIZED -> "java.lang.String";
    };
  }

  static boolean isNumber(Type.Kind kind) {
    return switch (kind) {
      case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> true;
      case BOOLEAN,
          TEXT,
          BYTEA,
          DATE,
          TIME,
          TIMESTAMP,
          TIMESTAMPTZ,
          UUID,
          JSONB,
          UNKNOWN,
          UNRECOGNIZED ->
          false;
    };
  }

  /** Digits of a number, characters of a text or of a time's text; 0 if there is no limit. */
  static int precision(Type type) {
    return switch (type.getKind()) {
      case BOOLEAN -> 1;
      case SMALLINT -> 5;
      case INTEGER -> 10;
      case BIGINT -> 19;
      case REAL -> 8;
      case DOUBLE -> 17;
      case NUMERIC -> type.getPrecision() > 0 ? type.getPrecision() : NUMERIC_PRECISION_UNKNOWN;
      case DATE -> "9999-12-31".length();
      case TIME -> "23:59:59.999999".length();
      case TIMESTAMP -> "9999-12-31 23:59:59.999999".length();
      case TIMESTAMPTZ -> "9999-12-31 23:59:59.999999+00".length();
      case UUID -> 36;
      case TEXT -> type.getPrecision();
      case BYTEA, JSONB, UNKNOWN, UNRECOGNIZED -> 0;
    };
  }

  static int scale(Type type) {
    return switch (type.getKind()) {
      case NUMERIC -> type.getScale();
      case TIME, TIMESTAMP, TIMESTAMPTZ -> TIMESTAMP_DIGITS;
      case BOOLEAN,
          SMALLINT,
          INTEGER,
          BIGINT,
          REAL,
          DOUBLE,
          TEXT,
          BYTEA,
          DATE,
          UUID,
          JSONB,
          UNKNOWN,
          UNRECOGNIZED ->
          0;
    };
  }
}
