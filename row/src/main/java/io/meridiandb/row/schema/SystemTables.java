package io.meridiandb.row.schema;

import io.meridiandb.row.type.SqlType;
import java.util.List;

/**
 * Descriptors of the tables that hold the catalog itself. They are compiled in, lie in key space 0
 * and are read and written with {@link SchemaVersion#EXEMPT} (protocol G15).
 */
public final class SystemTables {
  /** Tables with ids below this one are system tables. */
  public static final long FIRST_USER_ID = 1_000;

  /** One row (id 0): the version of the catalog. */
  public static final TableDescriptor SCHEMA_VERSION =
      table(
          1,
          "schema_version",
          column(1, "id", SqlType.SMALLINT),
          column(2, "version", SqlType.BIGINT));

  /**
   * One row for each table, index, database and so on: what kind it is, its name, and its encoded
   * descriptor.
   */
  public static final TableDescriptor OBJECTS =
      table(
          2,
          "objects",
          column(1, "id", SqlType.BIGINT),
          column(2, "kind", SqlType.TEXT),
          column(3, "name", SqlType.TEXT),
          column(4, "definition", SqlType.BYTEA));

  /** One row for each counter that hands out ids: the next id. */
  public static final TableDescriptor COUNTERS =
      table(3, "counters", column(1, "name", SqlType.TEXT), column(2, "next", SqlType.BIGINT));

  private SystemTables() {}

  private static ColumnDescriptor column(int id, String name, SqlType type) {
    return new ColumnDescriptor(id, name, type, false, null);
  }

  private static TableDescriptor table(long id, String name, ColumnDescriptor... columns) {
    return new TableDescriptor(
        id, name, List.of(columns), List.of(new KeyPart(0, false)), null, false);
  }
}
