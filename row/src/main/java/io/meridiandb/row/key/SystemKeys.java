package io.meridiandb.row.key;

import io.meridiandb.row.schema.SystemTables;
import java.util.List;

/** Keys of rows in the system tables. */
public final class SystemKeys {
  /** The row that says which version the schema is at; every DDL transaction writes it. */
  public static final Key SCHEMA_VERSION =
      KeyCodec.of(SystemTables.SCHEMA_VERSION).prefix(List.of(0L));

  /** All rows of the catalog's objects. */
  public static final KeyRange OBJECTS = KeyCodec.of(SystemTables.OBJECTS).prefixRange(List.of());

  private SystemKeys() {}

  /** The row of an object of the catalog. */
  public static Key object(long id) {
    return KeyCodec.of(SystemTables.OBJECTS).prefix(List.of(id));
  }

  /** The row of a counter that hands out ids. */
  public static Key counter(String name) {
    return KeyCodec.of(SystemTables.COUNTERS).prefix(List.of(name));
  }
}
