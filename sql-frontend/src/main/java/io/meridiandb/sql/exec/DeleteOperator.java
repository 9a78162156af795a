package io.meridiandb.sql.exec;

import io.meridiandb.row.key.Key;
import io.meridiandb.sql.plan.physical.PhysicalPlan.Delete;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletes rows, and with them what is interleaved in them. */
final class DeleteOperator extends ModifyOperator {
  private final Delete plan;

  DeleteOperator(Delete plan, Operator input, QueryContext context) {
    super(input, plan.returning(), context);
    this.plan = plan;
  }

  @Override
  long modify(List<@Nullable Object[]> rows) {
    TableWriter writer = new TableWriter(plan.table(), "DELETE", context);
    Set<Key> seen = new LinkedHashSet<>(); // a join may name a row more than once
    List<@Nullable Object[]> deleted = new ArrayList<>();
    for (@Nullable Object[] row : rows) {
      Key key = writer.key(row);
      if (seen.add(key)) {
        writer.delete(key);
        deleted.add(row);
        giveBack(row);
      }
    }
    new ChildRows(context, writer).delete(plan.table(), deleted, plan.children());
    writer.write();
    return deleted.size();
  }
}
