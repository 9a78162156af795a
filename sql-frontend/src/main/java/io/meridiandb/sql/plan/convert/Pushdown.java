package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ScanOptions;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.sql.plan.physical.SortKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts operators on top of a plan, into its scan where the scan can do the work: filters become key
 * ranges, projections and limits run at the tablet, orders that the key has need no sort.
 */
final class Pushdown {
  private Pushdown() {}

  /** All rows and all columns of a table. */
  static TableScan scan(TableDescriptor table) {
    List<Expr> output = new ArrayList<>();
    List<PlanColumn> columns = new ArrayList<>();
    for (ColumnDescriptor column : table.columns()) {
      output.add(new Expr.Column(output.size(), column.type()));
      columns.add(new PlanColumn(column.name(), column.type(), column.nullable(), table.name()));
    }
    return new TableScan(
        table, List.of(KeyRangeSpec.ALL), null, output, null, ScanOptions.NONE, columns);
  }

  /** The rows of {@code input} for which the condition holds. */
  static PhysicalPlan filter(PhysicalPlan input, Expr condition) {
    if (Exprs.conjuncts(condition).stream().anyMatch(Pushdown::isNeverTrue)) {
      return new PhysicalPlan.Values(List.of(), input.columns());
    }
    if (!(input instanceof TableScan scan) || !canMerge(scan)) {
      return new PhysicalPlan.Filter(input, condition);
    }
    List<Expr> conjuncts = new ArrayList<>(Exprs.conjuncts(scan.filter()));
    conjuncts.addAll(Exprs.conjuncts(Exprs.replaceColumns(condition, scan.output())));
    List<Expr> placements = PlacementChoice.of(scan.table(), conjuncts);
    TableScan placed = placements == null ? scan : with(scan, scan.options().in(placements));
    if (!isFull(scan)) {
      return with(placed, scan.ranges(), Exprs.and(conjuncts));
    }
    AccessPaths.Path path = AccessPaths.derive(scan.table(), conjuncts);
    return with(placed, path.ranges(), Exprs.and(path.residual()));
  }

  private static boolean isNeverTrue(Expr condition) {
    return condition instanceof Expr.Literal literal && !Boolean.TRUE.equals(literal.value());
  }

  private static boolean isFull(TableScan scan) {
    return scan.ranges().size() == 1 && scan.ranges().getFirst().equals(KeyRangeSpec.ALL);
  }

  private static boolean canMerge(TableScan scan) {
    return scan.aggregates() == null && scan.options().limit() == null;
  }

  private static TableScan with(TableScan scan, List<KeyRangeSpec> ranges, @Nullable Expr filter) {
    return new TableScan(
        scan.table(),
        ranges,
        filter,
        scan.output(),
        scan.aggregates(),
        scan.options(),
        scan.columns());
  }

  /** The same scan with other options. */
  static TableScan with(TableScan scan, ScanOptions options) {
    return new TableScan(
        scan.table(),
        scan.ranges(),
        scan.filter(),
        scan.output(),
        scan.aggregates(),
        options,
        scan.columns());
  }

  /** Computed columns over {@code input}; {@code names} are those of the result. */
  static PhysicalPlan project(PhysicalPlan input, List<Expr> output, List<String> names) {
    List<PlanColumn> columns = new ArrayList<>();
    for (int i = 0; i < output.size(); i++) {
      columns.add(column(output.get(i), names.get(i), input));
    }
    if (input instanceof TableScan scan && scan.aggregates() == null) {
      List<Expr> merged = new ArrayList<>();
      for (Expr expr : output) {
        merged.add(Exprs.replaceColumns(expr, scan.output()));
      }
      return new TableScan(
          scan.table(), scan.ranges(), scan.filter(), merged, null, scan.options(), columns);
    }
    if (input instanceof PhysicalPlan.Project below && isCheap(below.output())) {
      List<Expr> merged = new ArrayList<>();
      for (Expr expr : output) {
        merged.add(Exprs.replaceColumns(expr, below.output()));
      }
      return new PhysicalPlan.Project(below.input(), merged, columns);
    }
    if (input instanceof PhysicalPlan.Values values && values.rows().size() == 1) {
      List<Expr> row = values.rows().getFirst();
      List<Expr> merged = new ArrayList<>();
      for (Expr expr : output) {
        merged.add(Exprs.replaceColumns(expr, row));
      }
      return new PhysicalPlan.Values(List.of(merged), columns);
    }
    return isIdentity(output, input)
        ? Renaming.to(input, columns)
        : new PhysicalPlan.Project(input, output, columns);
  }

  private static boolean isCheap(List<Expr> output) {
    return output.stream().noneMatch(Expr.Call.class::isInstance);
  }

  private static boolean isIdentity(List<Expr> output, PhysicalPlan input) {
    if (output.size() != input.columns().size()) {
      return false;
    }
    for (int i = 0; i < output.size(); i++) {
      if (!(output.get(i) instanceof Expr.Column column) || column.index() != i) {
        return false;
      }
    }
    return true;
  }

  private static PlanColumn column(Expr expr, String name, PhysicalPlan input) {
    if (expr instanceof Expr.Column column) {
      PlanColumn below = input.columns().get(column.index());
      return new PlanColumn(name, below.type(), below.nullable(), below.table());
    }
    boolean nullable = !(expr instanceof Expr.Literal literal && literal.value() != null);
    return new PlanColumn(name, expr.type(), nullable, "");
  }

  /** The rows in an order; no sort where the scan's key has it. */
  static PhysicalPlan sort(PhysicalPlan input, List<SortKey> keys) {
    PhysicalPlan ordered = inKeyOrder(input, keys);
    return ordered == null ? new PhysicalPlan.Sort(input, keys) : ordered;
  }

  /** The first rows in an order. */
  static PhysicalPlan topN(
      PhysicalPlan input, List<SortKey> keys, @Nullable Expr limit, @Nullable Expr offset) {
    PhysicalPlan ordered = inKeyOrder(input, keys);
    if (ordered != null) {
      return limit(ordered, limit, offset);
    }
    return limit == null
        ? new PhysicalPlan.Limit(new PhysicalPlan.Sort(input, keys), null, offset)
        : new PhysicalPlan.TopN(input, keys, limit, offset);
  }

  /** The first rows in the input's own order. */
  static PhysicalPlan limit(PhysicalPlan input, @Nullable Expr limit, @Nullable Expr offset) {
    if (limit != null) {
      Expr reach =
          offset == null ? limit : Exprs.call(ScalarFunction.ADD, SqlType.BIGINT, limit, offset);
      PhysicalPlan limited = pushLimit(input, reach);
      if (limited instanceof TableScan && offset == null) {
        return limited;
      }
      return new PhysicalPlan.Limit(limited, limit, offset);
    }
    return offset == null ? input : new PhysicalPlan.Limit(input, null, offset);
  }

  private static PhysicalPlan pushLimit(PhysicalPlan input, Expr reach) {
    if (input instanceof TableScan scan && canMerge(scan)) {
      return with(scan, scan.options().limitedTo(reach));
    }
    if (input instanceof PhysicalPlan.Project project
        && pushLimit(project.input(), reach) instanceof TableScan limited) {
      return new PhysicalPlan.Project(limited, project.output(), project.columns());
    }
    return input;
  }

  /** The plan with its scan turned so that it gives this order, or null if its key has it not. */
  private static @Nullable PhysicalPlan inKeyOrder(PhysicalPlan input, List<SortKey> keys) {
    if (!(input instanceof TableScan scan)
        || !canMerge(scan)
        || keys.isEmpty()
        || !PlacementChoice.isOne(scan)) {
      return null;
    }
    List<SortKey> remaining = new ArrayList<>(keys);
    Boolean reverse = null;
    int position = 0;
    for (KeyPart part : scan.table().primaryKey()) {
      if (remaining.isEmpty()) {
        break;
      }
      SortKey key = remaining.getFirst();
      boolean sameColumn =
          scan.output().get(key.column()) instanceof Expr.Column column
              && column.index() == part.column();
      if (sameColumn) {
        boolean turned = key.descending() != part.descending();
        if (isFixed(scan, position) || reverse == null || reverse == turned) {
          reverse = isFixed(scan, position) ? reverse : Boolean.valueOf(turned);
          remaining.removeFirst();
        } else {
          return null;
        }
      } else if (!isFixed(scan, position)) {
        return null;
      }
      position++;
    }
    // What is left stands behind the whole primary key, where no two rows are equal: it decides
    // nothing.
    boolean turn = Boolean.TRUE.equals(reverse);
    return turn == scan.options().reverse() ? scan : with(scan, scan.options().turned(turn));
  }

  /** Whether a key part has one value in all that is scanned. */
  private static boolean isFixed(TableScan scan, int position) {
    List<KeyRangeSpec> ranges = scan.ranges();
    if (ranges.getFirst().equal().size() <= position) {
      return false;
    }
    Expr value = ranges.getFirst().equal().get(position);
    return ranges.stream()
        .allMatch(
            range -> range.equal().size() > position && range.equal().get(position).equals(value));
  }
}
