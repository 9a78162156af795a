package io.meridiandb.sql.plan.calcite;

import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.SystemView;
import io.meridiandb.sql.catalog.SystemViews;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.schema.Schema;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.impl.AbstractSchema;

/** The schemas of one catalog version for Calcite; immutable once made. */
public final class PlannerSchema {
  /** Where names without a schema are looked up. */
  public static final String DEFAULT_SCHEMA = SystemViews.SCHEMA;

  private static final class Tables extends AbstractSchema {
    private final Map<String, Table> tables = new LinkedHashMap<>();

    @Override
    protected Map<String, Table> getTableMap() {
      return tables;
    }
  }

  private static final class Root extends AbstractSchema {
    private final Map<String, Schema> schemas;

    private Root(Map<String, Schema> schemas) {
      this.schemas = schemas;
    }

    @Override
    protected Map<String, Schema> getSubSchemaMap() {
      return schemas;
    }
  }

  private PlannerSchema() {}

  /** The root schema that shows {@code catalog} and the system views. */
  public static CalciteSchema of(Catalog catalog) {
    Map<String, Schema> schemas = new LinkedHashMap<>();
    Tables tables = new Tables();
    for (TableDescriptor table : catalog.tables()) {
      tables.tables.put(table.name(), PlannerTable.of(table));
    }
    schemas.put(DEFAULT_SCHEMA, tables);
    for (SystemView view : SystemViews.all()) {
      Tables views = (Tables) schemas.computeIfAbsent(view.schema(), name -> new Tables());
      views.tables.put(view.name(), PlannerTable.of(view));
    }
    return CalciteSchema.createRootSchema(false, false, "", new Root(schemas));
  }
}
