package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.JoinType;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.JoinKey;
import io.meridiandb.sql.plan.physical.PhysicalPlan.LookupJoin;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how two plans are joined: by lookups into a table whose key the condition binds, if
 * reading it whole would cost more; by hash with the smaller side in memory; by nested loop without
 * equality.
 */
final class Joins {
  /** What a lookup costs against a row of a scan: one seek, its share of a round trip. */
  private static final double LOOKUP_COST_ROWS = 20;

  /** What a scan costs besides its rows. */
  private static final double SCAN_COST_ROWS = 50;

  private final PhysicalPlan left;
  private final PhysicalPlan right;
  private final JoinType type;
  private final List<JoinKey> keys = new ArrayList<>();
  private final List<Expr> others = new ArrayList<>();

  private Joins(PhysicalPlan left, PhysicalPlan right, JoinType type, @Nullable Expr condition) {
    this.left = left;
    this.right = right;
    this.type = type;
    int width = left.columns().size();
    for (Expr conjunct : Exprs.conjuncts(condition)) {
      JoinKey key = joinKey(conjunct, width);
      if (key == null) {
        others.add(conjunct);
      } else {
        keys.add(key);
      }
    }
  }

  /**
   * The best join of two plans; its columns are those of left and right, in this order.
   *
   * @param condition over the columns of both, or null
   */
  static PhysicalPlan join(
      PhysicalPlan left, PhysicalPlan right, JoinType type, @Nullable Expr condition) {
    Joins straight = new Joins(left, right, type, condition);
    PhysicalPlan lookup = straight.lookup();
    if (lookup != null) {
      return lookup;
    }
    PhysicalPlan bySubquery = type == JoinType.SEMI ? straight.semiByLookup() : null;
    if (bySubquery != null) {
      return bySubquery;
    }
    JoinType turnedType = turned(type);
    if (turnedType != null) {
      Joins turned = straight.turn(turnedType, condition);
      PhysicalPlan turnedLookup = turned.lookup();
      boolean leftIsSmaller = Estimates.rows(left) < Estimates.rows(right);
      PhysicalPlan best =
          turnedLookup != null ? turnedLookup : leftIsSmaller ? turned.hash() : null;
      if (best != null) {
        return straight.inOrder(best);
      }
    }
    PhysicalPlan hash = straight.hash();
    return hash != null
        ? hash
        : new PhysicalPlan.NestedLoopJoin(left, right, type, Exprs.and(straight.others));
  }

  /**
   * {@code a IN (few rows)} as lookups of those rows' different values; null if the left table's
   * key is not bound by them or they are too many.
   */
  private @Nullable PhysicalPlan semiByLookup() {
    if (!others.isEmpty() || keys.isEmpty() || keys.stream().anyMatch(JoinKey::nullsMatch)) {
      return null;
    }
    List<Expr> wanted = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Expr> conditions = new ArrayList<>();
    for (JoinKey key : keys) {
      Expr value = new Expr.Column(wanted.size(), key.right().type());
      conditions.add(
          Exprs.equal(Exprs.moveColumns(key.left(), index -> index + keys.size()), value));
      wanted.add(key.right());
      names.add("key" + wanted.size());
    }
    PhysicalPlan values = new PhysicalPlan.Distinct(Pushdown.project(right, wanted, names));
    PhysicalPlan lookup = new Joins(values, left, JoinType.INNER, Exprs.and(conditions)).lookup();
    if (lookup == null) {
      return null;
    }
    List<Expr> output = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    for (PlanColumn column : left.columns()) {
      output.add(new Expr.Column(keys.size() + output.size(), column.type()));
      columns.add(column.name());
    }
    return Pushdown.project(lookup, output, columns);
  }

  private static @Nullable JoinType turned(JoinType type) {
    return switch (type) {
      case INNER -> JoinType.INNER;
      case LEFT -> JoinType.RIGHT;
      case RIGHT -> JoinType.LEFT;
      case FULL -> JoinType.FULL;
      case SEMI, ANTI -> null;
    };
  }

  private Joins turn(JoinType turnedType, @Nullable Expr condition) {
    int leftWidth = left.columns().size();
    int rightWidth = right.columns().size();
    Expr moved =
        condition == null
            ? null
            : Exprs.moveColumns(
                condition, index -> index < leftWidth ? index + rightWidth : index - leftWidth);
    return new Joins(right, left, turnedType, moved);
  }

  /** The columns of a turned join in the order of this one. */
  private PhysicalPlan inOrder(PhysicalPlan turned) {
    int leftWidth = left.columns().size();
    int rightWidth = right.columns().size();
    List<Expr> output = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < leftWidth + rightWidth; i++) {
      int index = i < leftWidth ? i + rightWidth : i - leftWidth;
      PlanColumn column = turned.columns().get(index);
      output.add(new Expr.Column(index, column.type()));
      names.add(column.name());
    }
    return Pushdown.project(turned, output, names);
  }

  private static @Nullable JoinKey joinKey(Expr conjunct, int leftWidth) {
    if (!(conjunct instanceof Expr.Call call)) {
      return null;
    }
    boolean nullsMatch = call.function() == ScalarFunction.IS_NOT_DISTINCT_FROM;
    if (call.function() != ScalarFunction.EQ && !nullsMatch) {
      return null;
    }
    Expr first = call.arguments().get(0);
    Expr second = call.arguments().get(1);
    if (side(first, leftWidth) == Side.RIGHT && side(second, leftWidth) == Side.LEFT) {
      Expr swap = first;
      first = second;
      second = swap;
    }
    if (side(first, leftWidth) != Side.LEFT || side(second, leftWidth) != Side.RIGHT) {
      return null;
    }
    SqlType common = commonType(first.type(), second.type());
    if (common == null) {
      return null;
    }
    Expr moved = Exprs.moveColumns(second, index -> index - leftWidth);
    return new JoinKey(inKind(first, common), inKind(moved, common), nullsMatch);
  }

  private enum Side {
    NEITHER,
    LEFT,
    RIGHT,
    BOTH
  }

  private static Side side(Expr expr, int leftWidth) {
    BitSet columns = new BitSet();
    Exprs.markColumns(expr, columns);
    boolean left = columns.nextSetBit(0) >= 0 && columns.nextSetBit(0) < leftWidth;
    boolean right = columns.nextSetBit(leftWidth) >= 0;
    if (left) {
      return right ? Side.BOTH : Side.LEFT;
    }
    return right ? Side.RIGHT : Side.NEITHER;
  }

  private static Expr inKind(Expr expr, SqlType type) {
    return expr.type().kind() == type.kind() ? expr : Exprs.cast(expr, type);
  }

  /** The type in which two sides are compared; null leaves the comparison to the evaluator. */
  private static @Nullable SqlType commonType(SqlType left, SqlType right) {
    if (left.kind() == right.kind()) {
      return SqlType.of(left.kind());
    }
    int l = numericRank(left);
    int r = numericRank(right);
    return l == 0 || r == 0 ? null : SqlType.of(l > r ? left.kind() : right.kind());
  }

  private static int numericRank(SqlType type) {
    return switch (type.kind()) {
      case SMALLINT -> 1;
      case INTEGER -> 2;
      case BIGINT -> 3;
      case NUMERIC -> 4;
      case DOUBLE -> 6;
      default -> 0;
    };
  }

  private @Nullable PhysicalPlan hash() {
    return keys.isEmpty()
        ? null
        : new PhysicalPlan.HashJoin(left, right, type, keys, Exprs.and(others));
  }

  /** Lookups into the right table, if its key is bound and the left side is small enough. */
  private @Nullable PhysicalPlan lookup() {
    if (!(right instanceof TableScan scan)
        || scan.aggregates() != null
        || scan.options().limit() != null
        || scan.options().reverse()
        || type == JoinType.RIGHT
        || type == JoinType.FULL) {
      return null;
    }
    List<Expr> values = new ArrayList<>();
    List<JoinKey> used = new ArrayList<>();
    Expr scanFilter = bindKey(scan, values, used);
    if (used.isEmpty()) {
      return null;
    }
    double leftRows = Estimates.rows(left);
    double fetched = leftRows * Estimates.fanout(scan.table(), values.size());
    double whole = SCAN_COST_ROWS + Estimates.rows(scan) + leftRows;
    if (leftRows * LOOKUP_COST_ROWS + fetched > whole) {
      return null;
    }
    List<Expr> rest = new ArrayList<>(others);
    int width = left.columns().size();
    for (JoinKey key : keys) {
      if (!used.contains(key)) {
        rest.add(
            Exprs.predicate(
                key.nullsMatch() ? ScalarFunction.IS_NOT_DISTINCT_FROM : ScalarFunction.EQ,
                key.left(),
                Exprs.moveColumns(key.right(), index -> index + width)));
      }
    }
    TableScan unbounded =
        new TableScan(
            scan.table(),
            List.of(KeyRangeSpec.ALL),
            scanFilter,
            scan.output(),
            null,
            scan.options(),
            scan.columns());
    return new LookupJoin(left, type, values, unbounded, Exprs.and(rest));
  }

  /**
   * Finds values for the first key parts of the scanned table, from the join's keys and from the
   * scan's own ranges.
   *
   * @return the scan's filter with what its ranges said put back
   */
  private @Nullable Expr bindKey(TableScan scan, List<Expr> values, List<JoinKey> used) {
    List<Expr> filter = new ArrayList<>();
    boolean one = scan.ranges().size() == 1;
    KeyRangeSpec range = scan.ranges().getFirst();
    if (!one || range.lower() != null || range.upper() != null) {
      return null;
    }
    boolean open = true;
    int position = 0;
    for (KeyPart part : scan.table().primaryKey()) {
      SqlType type = scan.table().columns().get(part.column()).type();
      Expr fixed = position < range.equal().size() ? range.equal().get(position) : null;
      if (fixed != null) {
        if (open) {
          values.add(fixed);
        } else {
          filter.add(Exprs.equal(new Expr.Column(part.column(), type), fixed));
        }
      } else if (open) {
        JoinKey key = keyFor(scan, part.column());
        Expr value = key == null ? null : AccessPaths.inKeyType(key.left(), type);
        if (key != null && value != null) {
          values.add(value);
          used.add(key);
        } else {
          open = false;
        }
      }
      position++;
    }
    filter.addAll(Exprs.conjuncts(scan.filter()));
    return Exprs.and(filter);
  }

  private @Nullable JoinKey keyFor(TableScan scan, int column) {
    for (JoinKey key : keys) {
      if (!key.nullsMatch()
          && key.right() instanceof Expr.Column output
          && scan.output().get(output.index()) instanceof Expr.Column base
          && base.index() == column) {
        return key;
      }
    }
    return null;
  }
}
