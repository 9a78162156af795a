package io.meridiandb.sql.plan.physical;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.scan.AggregateCall;
import io.meridiandb.row.schema.TableDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the planner makes and the executor runs: a tree of immutable records that can be cached and
 * run by many sessions at once. Expressions read the columns of the node's input (of both inputs
 * one behind the other in joins) and may hold parameters, which are bound when the plan runs. The
 * planner has put casts wherever types differ: the executor converts nothing.
 */
public sealed interface PhysicalPlan {
  /** The columns of the result. */
  List<PlanColumn> columns();

  /** The inputs, in order. */
  List<PhysicalPlan> inputs();

  /**
   * Rows of a table, read by key ranges; filter, output, limit and partial aggregates are evaluated
   * where the rows are. A range with all key parts is a point lookup: several of them are one
   * multi-get.
   *
   * @param table what is read; the input of all expressions is its columns in order
   * @param ranges what is read of it, all together (a row in two ranges appears once); rows come in
   *     key order
   * @param filter further condition, or null
   * @param output the result's values; with {@code aggregates} the grouping values
   * @param aggregates partial aggregates appended to each output tuple, to be finished by {@link
   *     Aggregate} with {@link AggregatePhase#FINAL}; null for none
   * @param options order, limit and locking
   * @param columns of the result: output, then aggregates
   */
  record TableScan(
      TableDescriptor table,
      List<KeyRangeSpec> ranges,
      @Nullable Expr filter,
      List<Expr> output,
      @Nullable List<AggregateCall> aggregates,
      ScanOptions options,
      List<PlanColumn> columns)
      implements PhysicalPlan {
    public TableScan {
      ranges = List.copyOf(ranges);
      output = List.copyOf(output);
      aggregates = aggregates == null ? null : List.copyOf(aggregates);
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of();
    }
  }

  /**
   * How a table is scanned.
   *
   * @param limit greatest number of output tuples, a BIGINT without input columns, or null
   * @param reverse in falling key order
   * @param forUpdate whether the rows are locked exclusively (UPDATE, DELETE, SELECT FOR UPDATE);
   *     otherwise a read-write transaction locks them shared, a read-only one not at all
   * @param placements names of the placements that are read, without input columns; null for all
   *     that the table has
   */
  record ScanOptions(
      @Nullable Expr limit, boolean reverse, boolean forUpdate, @Nullable List<Expr> placements) {
    /** Forward, all, no exclusive lock. */
    public static final ScanOptions NONE = new ScanOptions(null, false, false, null);

    /** Forward, all, locked exclusively. */
    public static final ScanOptions FOR_UPDATE = new ScanOptions(null, false, true, null);

    public ScanOptions {
      placements = placements == null ? null : List.copyOf(placements);
    }

    /** The same with a limit. */
    public ScanOptions limitedTo(@Nullable Expr rows) {
      return new ScanOptions(rows, reverse, forUpdate, placements);
    }

    /** The same in another direction. */
    public ScanOptions turned(boolean backwards) {
      return new ScanOptions(limit, backwards, forUpdate, placements);
    }

    /** The same with exclusive locks. */
    public ScanOptions locking() {
      return new ScanOptions(limit, reverse, true, placements);
    }

    /** The same in some placements only. */
    public ScanOptions in(@Nullable List<Expr> names) {
      return new ScanOptions(limit, reverse, forUpdate, names);
    }
  }

  /** Rows of expressions without input columns. */
  record Values(List<List<Expr>> rows, List<PlanColumn> columns) implements PhysicalPlan {
    public Values {
      rows = rows.stream().map(List::copyOf).toList();
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of();
    }
  }

  /**
   * Rows of a view on the system (meridian_sys, information_schema), which the query's context
   * supplies by name when the plan runs.
   */
  record SystemScan(String schema, String view, List<PlanColumn> columns) implements PhysicalPlan {
    public SystemScan {
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of();
    }
  }

  /** The rows for which the condition is TRUE. */
  record Filter(PhysicalPlan input, Expr condition) implements PhysicalPlan {
    @Override
    public List<PlanColumn> columns() {
      return input.columns();
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /** Computed columns. */
  record Project(PhysicalPlan input, List<Expr> output, List<PlanColumn> columns)
      implements PhysicalPlan {
    public Project {
      output = List.copyOf(output);
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /** All rows in order. Stable. */
  record Sort(PhysicalPlan input, List<SortKey> keys) implements PhysicalPlan {
    public Sort {
      keys = List.copyOf(keys);
    }

    @Override
    public List<PlanColumn> columns() {
      return input.columns();
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /**
   * The first rows in an order, of which only as many are kept as are needed.
   *
   * @param limit a BIGINT without input columns
   * @param offset how many of the first are left out, or null
   */
  record TopN(PhysicalPlan input, List<SortKey> keys, Expr limit, @Nullable Expr offset)
      implements PhysicalPlan {
    public TopN {
      keys = List.copyOf(keys);
    }

    @Override
    public List<PlanColumn> columns() {
      return input.columns();
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /**
   * The first rows.
   *
   * @param limit a BIGINT without input columns; null (or the value NULL) is all
   * @param offset how many of the first are left out, or null
   */
  record Limit(PhysicalPlan input, @Nullable Expr limit, @Nullable Expr offset)
      implements PhysicalPlan {
    @Override
    public List<PlanColumn> columns() {
      return input.columns();
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /** What an aggregation is fed with. */
  enum AggregatePhase {
    /** Rows. */
    FULL,
    /**
     * Results of partial aggregation: the input's first columns are the grouping values, then comes
     * one column for each aggregate; the arguments of the calls are not looked at.
     */
    FINAL
  }

  /**
   * Groups by hash, in the order of first appearance; without grouping columns exactly one row.
   *
   * @param groupBy positions of the grouping columns in the input ({@code 0, 1, ...} in FINAL)
   * @param aggregates appended to the grouping values
   */
  record Aggregate(
      PhysicalPlan input,
      List<Integer> groupBy,
      List<AggregateCall> aggregates,
      AggregatePhase phase,
      List<PlanColumn> columns)
      implements PhysicalPlan {
    public Aggregate {
      groupBy = List.copyOf(groupBy);
      aggregates = List.copyOf(aggregates);
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /** Each different row once (NULLs are equal), in the order of first appearance. */
  record Distinct(PhysicalPlan input) implements PhysicalPlan {
    @Override
    public List<PlanColumn> columns() {
      return input.columns();
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /**
   * A condition of a hash join.
   *
   * @param left over the left input
   * @param right over the right input, of the same type
   * @param nullsMatch IS NOT DISTINCT FROM instead of equality
   */
  record JoinKey(Expr left, Expr right, boolean nullsMatch) {}

  /**
   * A join by equality: the right input is kept in memory by its keys.
   *
   * @param keys at least one
   * @param condition further condition over left and right columns, or null
   */
  record HashJoin(
      PhysicalPlan left,
      PhysicalPlan right,
      JoinType type,
      List<JoinKey> keys,
      @Nullable Expr condition)
      implements PhysicalPlan {
    public HashJoin {
      keys = List.copyOf(keys);
    }

    @Override
    public List<PlanColumn> columns() {
      return joined(left.columns(), right.columns(), type);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(left, right);
    }
  }

  /** A join by any condition: the right input is kept in memory. A null condition is TRUE. */
  record NestedLoopJoin(
      PhysicalPlan left, PhysicalPlan right, JoinType type, @Nullable Expr condition)
      implements PhysicalPlan {
    @Override
    public List<PlanColumn> columns() {
      return joined(left.columns(), right.columns(), type);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(left, right);
    }
  }

  /**
   * A join that reads a table by the beginning of its key, for a batch of left rows at a time in
   * one multi-range read. INNER, LEFT, SEMI or ANTI. Keeps the order of the left rows.
   *
   * @param keys over the left input: values of the first key parts of {@code right.table}, each of
   *     its key column's type; a NULL matches nothing
   * @param right what is read: its ranges are not looked at, it has no limit and no aggregates
   * @param condition further condition over left columns and right output, or null
   */
  record LookupJoin(
      PhysicalPlan left, JoinType type, List<Expr> keys, TableScan right, @Nullable Expr condition)
      implements PhysicalPlan {
    public LookupJoin {
      keys = List.copyOf(keys);
    }

    @Override
    public List<PlanColumn> columns() {
      return joined(left.columns(), right.columns(), type);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(left);
    }
  }

  /** The rows of all inputs, one behind the other (UNION ALL). */
  record Union(List<PhysicalPlan> inputs) implements PhysicalPlan {
    public Union {
      inputs = List.copyOf(inputs);
    }

    @Override
    public List<PlanColumn> columns() {
      return inputs.getFirst().columns();
    }
  }

  /**
   * INTERSECT or EXCEPT.
   *
   * @param minus EXCEPT, otherwise INTERSECT
   * @param all whether equal rows are counted, not made one
   */
  record SetOperation(PhysicalPlan left, PhysicalPlan right, boolean minus, boolean all)
      implements PhysicalPlan {
    @Override
    public List<PlanColumn> columns() {
      return left.columns();
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(left, right);
    }
  }

  /** A scalar subquery: its one row, a row of NULLs for none, CARDINALITY_VIOLATION for more. */
  record SingleRow(PhysicalPlan input) implements PhysicalPlan {
    @Override
    public List<PlanColumn> columns() {
      return input.columns().stream().map(PlanColumn::asNullable).toList();
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /** What an INSERT does about a row whose key exists. */
  enum ConflictAction {
    /** UNIQUE_VIOLATION. */
    ERROR,
    /** Leaves the existing row (ON CONFLICT DO NOTHING). */
    NOTHING,
    /** Writes over it (INSERT OR UPDATE). */
    REPLACE
  }

  /**
   * Inserts rows. Result: the returned rows; how many were written is known to the executor.
   *
   * @param table where
   * @param input whole rows, in the order of the table's columns, defaults put in
   * @param onConflict about existing keys
   * @param returning over the table's columns of the new row; empty without RETURNING
   */
  record Insert(
      TableDescriptor table,
      PhysicalPlan input,
      ConflictAction onConflict,
      List<Expr> returning,
      List<PlanColumn> columns)
      implements PhysicalPlan {
    public Insert {
      returning = List.copyOf(returning);
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /**
   * Updates rows; a changed key is a delete and an insert.
   *
   * @param table where
   * @param input whole old rows in the order of the table's columns, then the new values of {@code
   *     assigned}; scanned for update
   * @param assigned positions of the assigned columns
   * @param children tables interleaved in it: a row that has rows there keeps its key
   * @param returning over the table's columns of the new row; empty without RETURNING
   */
  record Update(
      TableDescriptor table,
      PhysicalPlan input,
      List<Integer> assigned,
      List<ChildTable> children,
      List<Expr> returning,
      List<PlanColumn> columns)
      implements PhysicalPlan {
    public Update {
      assigned = List.copyOf(assigned);
      children = List.copyOf(children);
      returning = List.copyOf(returning);
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  /**
   * Deletes rows.
   *
   * @param table where
   * @param input rows in the order of the table's columns; those outside of the key may be NULL if
   *     RETURNING does not name them and they do not place the row; scanned for update
   * @param children tables interleaved in it
   * @param returning over the table's columns of the old row; empty without RETURNING
   */
  record Delete(
      TableDescriptor table,
      PhysicalPlan input,
      List<ChildTable> children,
      List<Expr> returning,
      List<PlanColumn> columns)
      implements PhysicalPlan {
    public Delete {
      children = List.copyOf(children);
      returning = List.copyOf(returning);
      columns = List.copyOf(columns);
    }

    @Override
    public List<PhysicalPlan> inputs() {
      return List.of(input);
    }
  }

  private static List<PlanColumn> joined(
      List<PlanColumn> left, List<PlanColumn> right, JoinType type) {
    if (type.leftColumnsOnly()) {
      return left;
    }
    List<PlanColumn> columns = new ArrayList<>(left.size() + right.size());
    left.forEach(column -> columns.add(type.keepsRight() ? column.asNullable() : column));
    right.forEach(column -> columns.add(type.keepsLeft() ? column.asNullable() : column));
    return columns;
  }
}
