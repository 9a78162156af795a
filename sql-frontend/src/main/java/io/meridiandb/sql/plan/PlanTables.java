package io.meridiandb.sql.plan;

import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which stored tables a plan touches. */
public final class PlanTables {
  private final Map<Long, TableDescriptor> tables = new LinkedHashMap<>();

  private PlanTables() {}

  /** The tables, each once. */
  public static List<TableDescriptor> of(PhysicalPlan plan) {
    PlanTables found = new PlanTables();
    found.collect(plan);
    return new ArrayList<>(found.tables.values());
  }

  private void collect(PhysicalPlan plan) {
    switch (plan) {
      case PhysicalPlan.TableScan scan -> add(scan.table());
      case PhysicalPlan.LookupJoin join -> add(join.right().table());
      case PhysicalPlan.Insert insert -> add(insert.table());
      case PhysicalPlan.Update update -> add(update.table());
      case PhysicalPlan.Delete delete -> add(delete.table());
      default -> {}
    }
    plan.inputs().forEach(this::collect);
  }

  private void add(TableDescriptor table) {
    tables.put(table.id(), table);
  }
}
