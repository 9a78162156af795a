package io.meridiandb.simulator.spike;

import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.ScannableTable;
import org.apache.calcite.schema.SchemaPlus;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.tools.FrameworkConfig;
import org.apache.calcite.tools.Frameworks;
import org.apache.calcite.tools.Planner;
import org.apache.calcite.tools.Programs;

/** All of Calcite's planning: parse, validate, convert, and the cost-based optimizer. */
final class CalcitePlanning {
  private CalcitePlanning() {}

  private record Column(String name, SqlTypeName type) {}

  private static final class Table extends AbstractTable implements ScannableTable {
    private final Column[] columns;

    Table(Column... columns) {
      this.columns = columns;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory types) {
      RelDataTypeFactory.Builder row = types.builder();
      for (Column column : columns) {
        row.add(column.name(), column.type());
      }
      return row.build();
    }

    @Override
    public Enumerable<Object[]> scan(DataContext root) {
      return Linq4j.emptyEnumerable();
    }
  }

  static String plan(String sql) {
    SchemaPlus schema = Frameworks.createRootSchema(true);
    schema.add(
        "ACCOUNTS",
        new Table(
            new Column("ID", SqlTypeName.BIGINT),
            new Column("OWNER", SqlTypeName.VARCHAR),
            new Column("BALANCE", SqlTypeName.BIGINT)));
    schema.add(
        "TRANSFERS",
        new Table(
            new Column("ACCOUNT", SqlTypeName.BIGINT), new Column("AMOUNT", SqlTypeName.BIGINT)));
    FrameworkConfig config =
        Frameworks.newConfigBuilder()
            .defaultSchema(schema)
            .parserConfig(SqlParser.Config.DEFAULT)
            .programs(Programs.standard())
            .build();
    try (Planner planner = Frameworks.getPlanner(config)) {
      RelNode logical = planner.rel(planner.validate(planner.parse(sql))).project();
      RelTraitSet wanted = logical.getTraitSet().replace(EnumerableConvention.INSTANCE);
      return RelOptUtil.toString(planner.transform(0, wanted, logical));
    } catch (Exception e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
