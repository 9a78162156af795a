package io.meridiandb.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the driver reads of {@code information_schema}. */
final class Catalog {
  private final ConnectionImpl connection;

  Catalog(ConnectionImpl connection) {
    this.connection = connection;
  }

  /** A table. */
  record Table(String schema, String name, String type) {}

  /**
   * A column.
   *
   * @param position from 1
   * @param type the type's name as SQL writes it, without length
   * @param length characters, or digits of a number; 0 if unlimited
   */
  record ColumnRow(
      String schema,
      String table,
      String name,
      int position,
      String type,
      int length,
      int scale,
      boolean nullable,
      @Nullable String defaultText) {}

  /** A column of a primary key. */
  record KeyRow(String schema, String table, String column, int position, String constraint) {}

  /** Tables whose names match; a null pattern matches all. */
  List<Table> tables(@Nullable String schemaPattern, @Nullable String namePattern)
      throws SQLException {
    List<Table> tables = new ArrayList<>();
    try (PreparedStatement statement =
            connection.prepareStatement(
                "SELECT table_schema, table_name, table_type FROM information_schema.tables"
                    + " ORDER BY table_type, table_schema, table_name");
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        Table table = new Table(text(rows, 1), text(rows, 2), type(text(rows, 3)));
        if (matches(schemaPattern, table.schema()) && matches(namePattern, table.name())) {
          tables.add(table);
        }
      }
    }
    return tables;
  }

  /** JDBC's names of the kinds of tables. */
  private static String type(String sqlType) {
    return switch (sqlType.toUpperCase(Locale.ROOT)) {
      case "BASE TABLE" -> "TABLE";
      case "SYSTEM VIEW" -> "SYSTEM TABLE";
      default -> sqlType.toUpperCase(Locale.ROOT);
    };
  }

  /** Columns whose table's and own names match, in the order of JDBC. */
  List<ColumnRow> columns(
      @Nullable String schemaPattern, @Nullable String tablePattern, @Nullable String namePattern)
      throws SQLException {
    List<ColumnRow> columns = new ArrayList<>();
    try (PreparedStatement statement =
            connection.prepareStatement(
                "SELECT table_schema, table_name, column_name, ordinal_position, data_type,"
                    + " character_maximum_length, numeric_precision, numeric_scale,"
                    + " is_nullable, column_default FROM information_schema.columns"
                    + " ORDER BY table_schema, table_name, ordinal_position");
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ColumnRow column =
            new ColumnRow(
                text(rows, 1),
                text(rows, 2),
                text(rows, 3),
                rows.getInt(4),
                text(rows, 5),
                Math.max(rows.getInt(6), rows.getInt(7)),
                rows.getInt(8),
                !text(rows, 9).equalsIgnoreCase("NO"),
                rows.getString(10));
        if (matches(schemaPattern, column.schema())
            && matches(tablePattern, column.table())
            && matches(namePattern, column.name())) {
          columns.add(column);
        }
      }
    }
    return columns;
  }

  /** The columns of a table's primary key, in the key's order. */
  List<KeyRow> primaryKey(@Nullable String schema, String table) throws SQLException {
    List<KeyRow> keys = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT k.table_schema, k.table_name, k.column_name, k.ordinal_position,"
                + " k.constraint_name FROM information_schema.key_column_usage k"
                + " JOIN information_schema.table_constraints c"
                + " ON c.table_schema = k.table_schema AND c.table_name = k.table_name"
                + " AND c.constraint_name = k.constraint_name"
                + " WHERE c.constraint_type = 'PRIMARY KEY' AND k.table_name = ?"
                + " ORDER BY k.ordinal_position")) {
      statement.setString(1, table);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          KeyRow key =
              new KeyRow(
                  text(rows, 1), text(rows, 2), text(rows, 3), rows.getInt(4), text(rows, 5));
          if (schema == null || schema.isEmpty() || schema.equals(key.schema())) {
            keys.add(key);
          }
        }
      }
    }
    return keys;
  }

  private static String text(ResultSet rows, int column) throws SQLException {
    String text = rows.getString(column);
    return text == null ? "" : text;
  }

  /**
   * Whether a name matches a JDBC pattern: % stands for any text, _ for a character, a backslash
   * takes the meaning from both. Null and the empty pattern match all.
   */
  static boolean matches(@Nullable String pattern, String name) {
    return pattern == null || pattern.isEmpty() || matches(pattern, 0, name, 0);
  }

  private static boolean matches(String pattern, int at, String name, int from) {
    int p = at;
    int n = from;
    while (p < pattern.length()) {
      char c = pattern.charAt(p);
      if (c == '%') {
        for (int rest = n; rest <= name.length(); rest++) {
          if (matches(pattern, p + 1, name, rest)) {
            return true;
          }
        }
        return false;
      }
      if (c == '\\' && p + 1 < pattern.length()) {
        p++;
        c = pattern.charAt(p);
      } else if (c == '_' && n < name.length()) {
        c = name.charAt(n);
      }
      if (n == name.length() || name.charAt(n) != c) {
        return false;
      }
      p++;
      n++;
    }
    return n == name.length();
  }
}
