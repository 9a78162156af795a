package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which placements a condition on the PLACEMENT KEY leaves to be read. */
final class PlacementChoice {
  private PlacementChoice() {}

  /**
   * The names that the placement key must be equal to one of.
   *
   * @return without input columns; null if the condition does not say
   */
  static @Nullable List<Expr> of(TableDescriptor table, List<Expr> conjuncts) {
    int column = table.placementColumn();
    if (column < 0) {
      return null;
    }
    for (Expr conjunct : conjuncts) {
      List<Expr> names = new ArrayList<>();
      if (collect(conjunct, column, names)) {
        return names;
      }
    }
    return null;
  }

  /** Equality, or several of them with OR between. */
  private static boolean collect(Expr condition, int column, List<Expr> names) {
    if (!(condition instanceof Expr.Call call)) {
      return false;
    }
    if (call.function() == ScalarFunction.OR) {
      return call.arguments().stream().allMatch(each -> collect(each, column, names));
    }
    if (call.function() == ScalarFunction.AND) {
      return call.arguments().stream().anyMatch(each -> collectAlone(each, column, names));
    }
    return collectAlone(condition, column, names);
  }

  private static boolean collectAlone(Expr condition, int column, List<Expr> names) {
    if (!(condition instanceof Expr.Call call)) {
      return false;
    }
    if (call.function() == ScalarFunction.IN) {
      List<Expr> some = call.arguments().subList(1, call.arguments().size());
      boolean says =
          isColumn(call.arguments().getFirst(), column)
              && some.stream().noneMatch(PlacementChoice::hasColumns);
      return says && names.addAll(some);
    }
    if (call.function() != ScalarFunction.EQ) {
      return false;
    }
    Expr first = call.arguments().get(0);
    Expr second = call.arguments().get(1);
    Expr name = isColumn(first, column) ? second : isColumn(second, column) ? first : null;
    if (name == null || hasColumns(name)) {
      return false;
    }
    names.add(name);
    return true;
  }

  private static boolean isColumn(Expr expr, int column) {
    return expr instanceof Expr.Column found && found.index() == column;
  }

  private static boolean hasColumns(Expr expr) {
    BitSet columns = new BitSet();
    Exprs.markColumns(expr, columns);
    return !columns.isEmpty();
  }

  /** Whether all that is scanned lies in one placement, so that key order is row order. */
  static boolean isOne(TableScan scan) {
    int column = scan.table().placementColumn();
    if (column < 0) {
      return true;
    }
    List<Expr> names = scan.options().placements();
    if (names != null) {
      return names.size() == 1;
    }
    int part = 0;
    while (part < scan.table().primaryKey().size()
        && scan.table().primaryKey().get(part).column() != column) {
      part++;
    }
    int position = part;
    List<KeyRangeSpec> ranges = scan.ranges();
    return ranges.stream().allMatch(range -> range.equal().size() > position)
        && ranges.stream().map(range -> range.equal().get(position)).distinct().count() == 1;
  }
}
