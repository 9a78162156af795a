package io.meridiandb.sql.plan.calcite;

import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.SystemView;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** A table or a system view as Calcite sees it: row type, key and a guess of its size. */
public final class PlannerTable extends AbstractTable {
  /** What a root table is taken to hold until there are statistics, in rows. */
  private static final double ROOT_ROWS = 1_000;

  /** How many child rows are taken to lie in a parent row. */
  private static final double ROWS_PER_PARENT = 100;

  private final List<ColumnDescriptor> columns;
  private final @Nullable TableDescriptor table;
  private final @Nullable SystemView view;

  private PlannerTable(
      List<ColumnDescriptor> columns, @Nullable TableDescriptor table, @Nullable SystemView view) {
    this.columns = columns;
    this.table = table;
    this.view = view;
  }

  /** A stored table. */
  public static PlannerTable of(TableDescriptor table) {
    return new PlannerTable(table.columns(), table, null);
  }

  /** A system view. */
  public static PlannerTable of(SystemView view) {
    return new PlannerTable(view.columns(), null, view);
  }

  /** The stored table, or null for a system view. */
  public @Nullable TableDescriptor table() {
    return table;
  }

  /** The system view, or null for a stored table. */
  public @Nullable SystemView view() {
    return view;
  }

  @Override
  public RelDataType getRowType(RelDataTypeFactory typeFactory) {
    RelDataTypeFactory.Builder builder = typeFactory.builder();
    for (ColumnDescriptor column : columns) {
      builder.add(column.name(), RelTypes.toRel(typeFactory, column.type(), column.nullable()));
    }
    return builder.build();
  }

  @Override
  public Statistic getStatistic() {
    if (table == null) {
      return Statistics.of(ROOT_ROWS, List.of());
    }
    ImmutableBitSet key =
        ImmutableBitSet.of(table.primaryKey().stream().map(KeyPart::column).toList());
    return Statistics.of(estimatedRows(table), List.of(key));
  }

  /** How many rows a table is taken to hold. */
  public static double estimatedRows(TableDescriptor table) {
    TableDescriptor parent = table.parent();
    return parent == null ? ROOT_ROWS : estimatedRows(parent) * ROWS_PER_PARENT;
  }
}
