package io.meridiandb.sql.exec;

import io.meridiandb.row.key.Key;
import io.meridiandb.sql.plan.physical.PhysicalPlan.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Updates rows; one whose key changes is deleted and inserted. */
final class UpdateOperator extends ModifyOperator {
  private final Update plan;

  UpdateOperator(Update plan, Operator input, QueryContext context) {
    super(input, plan.returning(), context);
    this.plan = plan;
  }

  @Override
  long modify(List<@Nullable Object[]> rows) {
    TableWriter writer = new TableWriter(plan.table(), "UPDATE", context);
    int columns = plan.table().columns().size();
    Set<Key> seen = new LinkedHashSet<>(); // the first new values of a row count, as in PostgreSQL
    List<@Nullable Object[]> moved = new ArrayList<>();
    for (@Nullable Object[] input : rows) {
      @Nullable Object[] row = Arrays.copyOf(input, columns);
      Key oldKey = writer.key(row);
      if (!seen.add(oldKey)) {
        continue;
      }
      for (int i = 0; i < plan.assigned().size(); i++) {
        row[plan.assigned().get(i)] = input[columns + i];
      }
      writer.fit(row);
      Key newKey = writer.key(row);
      if (newKey.equals(oldKey)) {
        writer.put(newKey, row);
      } else {
        moved.add(Arrays.copyOf(input, columns));
        writer.delete(oldKey);
        if (writer.elsewhere(row).contains(oldKey)) {
          writer.move(newKey, row); // only the placement changes: the primary key was this row's
        } else {
          writer.insert(newKey, row);
        }
      }
      giveBack(row);
    }
    new ChildRows(context, writer).demandNone(plan.table(), moved, plan.children());
    writer.write();
    return seen.size();
  }
}
