package io.meridiandb.sql.plan.calcite;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.ColumnTypes;
import java.util.List;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfig;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;

/** Finds tables and types by name for the validator: names are compared exactly. */
public final class MeridianCatalogReader extends CalciteCatalogReader {
  private static final CalciteConnectionConfig CONFIG = config();

  public MeridianCatalogReader(CalciteSchema root, RelDataTypeFactory typeFactory) {
    super(root, List.of(PlannerSchema.DEFAULT_SCHEMA), typeFactory, CONFIG);
  }

  private static CalciteConnectionConfig config() {
    Properties properties = new Properties();
    properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "true");
    return new CalciteConnectionConfigImpl(properties);
  }

  @Override
  public @Nullable RelDataType getNamedType(SqlIdentifier typeName) {
    SqlType type = typeName.isSimple() ? ColumnTypes.named(typeName.getSimple()) : null;
    return type == null
        ? super.getNamedType(typeName)
        : RelTypes.toRel(getTypeFactory(), type, false);
  }
}
