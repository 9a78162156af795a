package io.meridiandb.jdbc;

import io.meridiandb.jdbc.RowSource.Table;
import io.meridiandb.wire.proto.Type;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The result sets of {@code DatabaseMetaData}, column for column as JDBC describes them. */
final class MetaDataRows {
  private static final Type.Kind INT = Type.Kind.INTEGER;
  private static final Type.Kind SHORT = Type.Kind.SMALLINT;
  private static final int RADIX = 10;

  private MetaDataRows() {}

  static ResultSet tables(String catalog, List<Catalog.Table> tables, String @Nullable [] types) {
    Table rows =
        RowSource.table()
            .texts("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS")
            .texts("TYPE_CAT", "TYPE_SCHEM", "TYPE_NAME")
            .texts("SELF_REFERENCING_COL_NAME", "REF_GENERATION");
    List<String> wanted = types == null ? List.of() : List.of(types);
    for (Catalog.Table table : tables) {
      if (types == null || wanted.contains(table.type())) {
        rows.row(
            catalog,
            table.schema(),
            table.name(),
            table.type(),
            null,
            null,
            null,
            null,
            null,
            null);
      }
    }
    return RowsResultSet.of(rows);
  }

  static ResultSet columns(String catalog, List<Catalog.ColumnRow> columns) {
    Table rows =
        RowSource.table()
            .texts("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME")
            .column("DATA_TYPE", INT)
            .texts("TYPE_NAME")
            .column("COLUMN_SIZE", INT)
            .column("BUFFER_LENGTH", INT)
            .column("DECIMAL_DIGITS", INT)
            .column("NUM_PREC_RADIX", INT)
            .column("NULLABLE", INT)
            .texts("REMARKS", "COLUMN_DEF")
            .column("SQL_DATA_TYPE", INT)
            .column("SQL_DATETIME_SUB", INT)
            .column("CHAR_OCTET_LENGTH", INT)
            .column("ORDINAL_POSITION", INT)
            .texts("IS_NULLABLE", "SCOPE_CATALOG", "SCOPE_SCHEMA", "SCOPE_TABLE")
            .column("SOURCE_DATA_TYPE", SHORT)
            .texts("IS_AUTOINCREMENT", "IS_GENERATEDCOLUMN");
    for (Catalog.ColumnRow column : columns) {
      Type type =
          Type.newBuilder()
              .setKind(SqlTypes.parse(column.type()))
              .setPrecision(column.length())
              .setScale(column.scale())
              .build();
      rows.row(
          catalog,
          column.schema(),
          column.table(),
          column.name(),
          SqlTypes.jdbcType(type),
          column.type().toLowerCase(Locale.ROOT),
          SqlTypes.precision(type),
          null,
          SqlTypes.scale(type),
          RADIX,
          column.nullable() ? DatabaseMetaData.columnNullable : DatabaseMetaData.columnNoNulls,
          null,
          column.defaultText(),
          null,
          null,
          SqlTypes.precision(type),
          column.position(),
          column.nullable() ? "YES" : "NO",
          null,
          null,
          null,
          null,
          "NO",
          "NO");
    }
    return RowsResultSet.of(rows);
  }

  static ResultSet primaryKeys(String catalog, List<Catalog.KeyRow> keys) {
    Table rows =
        RowSource.table()
            .texts("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME")
            .column("KEY_SEQ", SHORT)
            .texts("PK_NAME");
    keys.stream()
        .sorted((a, b) -> a.column().compareTo(b.column())) // as JDBC has it
        .forEach(key ->
            rows.row(
                catalog,
                key.schema(),
                key.table(),
                key.column(),
                (short) key.position(),
                key.constraint()));
    return RowsResultSet.of(rows);
  }

  /** A table's primary key as an index: the only one that JDBC can be told of yet. */
  static ResultSet indexes(String catalog, List<Catalog.KeyRow> keys) {
    Table rows =
        RowSource.table()
            .texts("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME")
            .column("NON_UNIQUE", Type.Kind.BOOLEAN)
            .texts("INDEX_QUALIFIER", "INDEX_NAME")
            .column("TYPE", SHORT)
            .column("ORDINAL_POSITION", SHORT)
            .texts("COLUMN_NAME", "ASC_OR_DESC")
            .column("CARDINALITY", Type.Kind.BIGINT)
            .column("PAGES", Type.Kind.BIGINT)
            .texts("FILTER_CONDITION");
    for (Catalog.KeyRow key : keys) {
      rows.row(
          catalog,
          key.schema(),
          key.table(),
          false,
          null,
          key.constraint(),
          DatabaseMetaData.tableIndexOther,
          (short) key.position(),
          key.column(),
          "A",
          0L,
          0L,
          null);
    }
    return RowsResultSet.of(rows);
  }

  static ResultSet typeInfo() {
    Table rows =
        RowSource.table()
            .texts("TYPE_NAME")
            .column("DATA_TYPE", INT)
            .column("PRECISION", INT)
            .texts("LITERAL_PREFIX", "LITERAL_SUFFIX", "CREATE_PARAMS")
            .column("NULLABLE", SHORT)
            .column("CASE_SENSITIVE", Type.Kind.BOOLEAN)
            .column("SEARCHABLE", SHORT)
            .column("UNSIGNED_ATTRIBUTE", Type.Kind.BOOLEAN)
            .column("FIXED_PREC_SCALE", Type.Kind.BOOLEAN)
            .column("AUTO_INCREMENT", Type.Kind.BOOLEAN)
            .texts("LOCAL_TYPE_NAME")
            .column("MINIMUM_SCALE", SHORT)
            .column("MAXIMUM_SCALE", SHORT)
            .column("SQL_DATA_TYPE", INT)
            .column("SQL_DATETIME_SUB", INT)
            .column("NUM_PREC_RADIX", INT);
    for (Type.Kind kind : Type.Kind.values()) {
      if (kind == Type.Kind.UNKNOWN || kind == Type.Kind.UNRECOGNIZED) {
        continue;
      }
      Type type = Type.newBuilder().setKind(kind).build();
      boolean quoted = !SqlTypes.isNumber(kind) && kind != Type.Kind.BOOLEAN;
      rows.row(
          SqlTypes.name(kind),
          SqlTypes.jdbcType(kind),
          SqlTypes.precision(type),
          quoted ? "'" : null,
          quoted ? "'" : null,
          kind == Type.Kind.NUMERIC ? "precision,scale" : kind == Type.Kind.TEXT ? "length" : null,
          (short) DatabaseMetaData.typeNullable,
          kind == Type.Kind.TEXT,
          (short) DatabaseMetaData.typeSearchable,
          false,
          false,
          false,
          null,
          (short) 0,
          (short) SqlTypes.scale(type),
          null,
          null,
          RADIX);
    }
    return RowsResultSet.of(rows);
  }

  /** A result that never has rows, as there are no such things in Meridian. */
  static ResultSet none(String... columns) {
    return RowsResultSet.of(RowSource.table().texts(columns));
  }

  /** Texts in one column. */
  static ResultSet list(String column, String... values) throws SQLException {
    Table rows = RowSource.table().texts(column);
    for (String value : values) {
      rows.row(value);
    }
    return RowsResultSet.of(rows);
  }
}
