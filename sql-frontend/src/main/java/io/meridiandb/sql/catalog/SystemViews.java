package io.meridiandb.sql.catalog;

import io.meridiandb.row.expr.ExprText;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The views that describe the database: the standard's {@code information_schema}, as far as
 * clients and tools ask for it, and {@code meridian_sys} for what the standard has no words for.
 */
public final class SystemViews {
  /** The name of the only database. */
  public static final String DATABASE = "main";

  /** The name of the schema that holds the users' tables. */
  public static final String SCHEMA = "public";

  /** The standard's schema. */
  public static final String INFORMATION_SCHEMA = "information_schema";

  /** Meridian's own. */
  public static final String MERIDIAN_SYS = "meridian_sys";

  private static final Map<String, SystemView> VIEWS = new LinkedHashMap<>();

  static {
    define(
        INFORMATION_SCHEMA,
        "schemata",
        List.of(text("catalog_name"), text("schema_name")),
        (catalog, rows) -> {
          rows.add(DATABASE, SCHEMA);
          rows.add(DATABASE, INFORMATION_SCHEMA);
          rows.add(DATABASE, MERIDIAN_SYS);
        });
    define(
        INFORMATION_SCHEMA,
        "tables",
        List.of(
            text("table_catalog"), text("table_schema"), text("table_name"), text("table_type")),
        SystemViews::tables);
    define(
        INFORMATION_SCHEMA,
        "columns",
        List.of(
            text("table_catalog"),
            text("table_schema"),
            text("table_name"),
            text("column_name"),
            integer("ordinal_position"),
            text("column_default"),
            text("is_nullable"),
            text("data_type"),
            integer("character_maximum_length"),
            integer("numeric_precision"),
            integer("numeric_scale")),
        SystemViews::columns);
    define(
        INFORMATION_SCHEMA,
        "table_constraints",
        List.of(
            text("constraint_catalog"),
            text("constraint_schema"),
            text("constraint_name"),
            text("table_schema"),
            text("table_name"),
            text("constraint_type")),
        (catalog, rows) -> {
          for (TableDescriptor table : catalog.tables()) {
            rows.add(DATABASE, SCHEMA, keyName(table), SCHEMA, table.name(), "PRIMARY KEY");
          }
        });
    define(
        INFORMATION_SCHEMA,
        "key_column_usage",
        List.of(
            text("constraint_catalog"),
            text("constraint_schema"),
            text("constraint_name"),
            text("table_schema"),
            text("table_name"),
            text("column_name"),
            integer("ordinal_position")),
        SystemViews::keyColumns);
    define(
        MERIDIAN_SYS,
        "tables",
        List.of(
            bigint("table_id"),
            text("table_name"),
            text("parent_name"),
            text("primary_key"),
            new ColumnDescriptor(0, "on_delete_cascade", SqlType.BOOLEAN, true, null),
            bigint("placement_id"),
            text("placement_key")),
        (catalog, rows) -> {
          for (TableDescriptor table : catalog.tables()) {
            TableDescriptor parent = table.parent();
            rows.add(
                table.id(),
                table.name(),
                parent == null ? null : parent.name(),
                keyText(table),
                parent == null ? null : (Object) table.cascadeDelete(),
                table.root().placement() instanceof Placement.OfTable whole
                    ? (Object) whole.id()
                    : null,
                table.placementColumn() < 0
                    ? null
                    : table.columns().get(table.placementColumn()).name());
          }
        });
    define(
        MERIDIAN_SYS,
        "schema_version",
        List.of(bigint("version")),
        (catalog, rows) -> rows.add(catalog.version().value()));
    UniverseViews.ALL.forEach(view -> VIEWS.put(view.qualifiedName(), view));
  }

  /** Collects rows. */
  private static final class Rows {
    private final List<@Nullable Object[]> list = new ArrayList<>();

    private void add(@Nullable Object... row) {
      list.add(row);
    }
  }

  private SystemViews() {}

  /** All views. */
  public static List<SystemView> all() {
    return List.copyOf(VIEWS.values());
  }

  /** The view of this qualified name, or null. */
  public static @Nullable SystemView view(String qualifiedName) {
    return VIEWS.get(qualifiedName);
  }

  private static void define(
      String schema,
      String name,
      List<ColumnDescriptor> columns,
      BiConsumer<Catalog, Rows> filling) {
    SystemView view =
        new SystemView(
            schema,
            name,
            columns,
            source -> {
              Rows rows = new Rows();
              filling.accept(source.catalog(), rows);
              return rows.list;
            });
    VIEWS.put(view.qualifiedName(), view);
  }

  private static ColumnDescriptor text(String name) {
    return new ColumnDescriptor(0, name, SqlType.TEXT, true, null);
  }

  private static ColumnDescriptor integer(String name) {
    return new ColumnDescriptor(0, name, SqlType.INTEGER, true, null);
  }

  private static ColumnDescriptor bigint(String name) {
    return new ColumnDescriptor(0, name, SqlType.BIGINT, true, null);
  }

  private static void tables(Catalog catalog, Rows rows) {
    for (TableDescriptor table : catalog.tables()) {
      rows.add(DATABASE, SCHEMA, table.name(), "BASE TABLE");
    }
    for (SystemView view : all()) {
      rows.add(DATABASE, view.schema(), view.name(), "SYSTEM VIEW");
    }
  }

  private static void columns(Catalog catalog, Rows rows) {
    for (TableDescriptor table : catalog.tables()) {
      columns(SCHEMA, table.name(), table.columns(), rows);
    }
    for (SystemView view : all()) {
      columns(view.schema(), view.name(), view.columns(), rows);
    }
  }

  private static void columns(
      String schema, String table, List<ColumnDescriptor> columns, Rows rows) {
    long position = 0;
    for (ColumnDescriptor column : columns) {
      SqlType type = column.type();
      boolean numeric = type.kind() == SqlType.Kind.NUMERIC && type.precision() > 0;
      position++;
      rows.add(
          DATABASE,
          schema,
          table,
          column.name(),
          position,
          column.defaultValue() == null ? null : ExprText.of(column.defaultValue(), List.of()),
          column.nullable() ? "YES" : "NO",
          typeName(type),
          type.kind() == SqlType.Kind.TEXT && type.precision() > 0
              ? (Object) (long) type.precision()
              : null,
          numeric ? (Object) (long) type.precision() : null,
          numeric ? (Object) (long) type.scale() : null);
    }
  }

  /** The standard's name of a type: length, precision and scale stand in columns of their own. */
  private static String typeName(SqlType type) {
    return type.kind() == SqlType.Kind.TEXT && type.precision() > 0
        ? "character varying"
        : SqlType.of(type.kind()).sqlName();
  }

  private static void keyColumns(Catalog catalog, Rows rows) {
    for (TableDescriptor table : catalog.tables()) {
      long position = 0;
      for (KeyPart part : table.primaryKey()) {
        position++;
        rows.add(
            DATABASE,
            SCHEMA,
            keyName(table),
            SCHEMA,
            table.name(),
            table.columns().get(part.column()).name(),
            position);
      }
    }
  }

  private static String keyName(TableDescriptor table) {
    return table.name() + "_pkey";
  }

  private static String keyText(TableDescriptor table) {
    return table.primaryKey().stream()
        .map(part -> table.columns().get(part.column()).name() + (part.descending() ? " DESC" : ""))
        .collect(Collectors.joining(", "));
  }
}
