package io.meridiandb.sql.catalog;

import io.meridiandb.row.schema.ColumnDescriptor;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A read-only table whose rows are computed from the catalog, or asked of the universe.
 *
 * @param schema information_schema or meridian_sys
 * @param name its name within the schema
 * @param columns its columns
 * @param rows its rows, made when it is read; values as the columns' types say
 */
public record SystemView(
    String schema,
    String name,
    List<ColumnDescriptor> columns,
    Function<Source, List<@Nullable Object[]>> rows) {
  /** What the rows are made of. */
  public record Source(Catalog catalog, Universe universe) {}

  public SystemView {
    columns = List.copyOf(columns);
  }

  /** Schema and name, with a point between. */
  public String qualifiedName() {
    return schema + "." + name;
  }
}
