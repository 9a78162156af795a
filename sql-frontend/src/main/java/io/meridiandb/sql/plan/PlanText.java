package io.meridiandb.sql.plan;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ExprText;
import io.meridiandb.row.scan.AggregateCall;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.KeyRangeSpec.BoundSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.JoinKey;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.sql.plan.physical.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plans as text, one operator a line, inputs indented: what EXPLAIN shows. */
public final class PlanText {
  private static final int RANGES_SHOWN_MAX = 4;

  private final List<String> lines = new ArrayList<>();
  private final Notes notes;

  /** What is known of a plan's nodes beside what they do. */
  public interface Notes {
    /** Nothing. */
    Notes NONE =
        new Notes() {
          @Override
          public String behind(PhysicalPlan node) {
            return "";
          }

          @Override
          public List<String> below(PhysicalPlan node) {
            return List.of();
          }
        };

    /** Put behind the node's line. */
    String behind(PhysicalPlan node);

    /** Lines below the node's. */
    List<String> below(PhysicalPlan node);
  }

  private PlanText(Notes notes) {
    this.notes = notes;
  }

  /** The lines of a plan. */
  public static List<String> lines(PhysicalPlan plan) {
    return lines(plan, Notes.NONE);
  }

  /** The lines of a plan, with notes. */
  public static List<String> lines(PhysicalPlan plan, Notes notes) {
    PlanText text = new PlanText(notes);
    text.add(plan, 0);
    return text.lines;
  }

  private void line(int depth, String text, PhysicalPlan node) {
    lines.add("  ".repeat(depth) + text + notes.behind(node));
    notes.below(node).forEach(note -> lines.add("  ".repeat(depth + 1) + "- " + note));
  }

  private void add(PhysicalPlan plan, int depth) {
    line(depth, line(plan), plan);
    if (plan instanceof PhysicalPlan.LookupJoin join) {
      add(join.left(), depth + 1);
      line(depth + 1, "Lookup " + scan(join.right(), false), join.right());
      return;
    }
    plan.inputs().forEach(input -> add(input, depth + 1));
  }

  private static String line(PhysicalPlan plan) {
    return switch (plan) {
      case TableScan scan -> scan(scan, true);
      case PhysicalPlan.Values values ->
          "Values " + values.rows().size() + (values.rows().size() == 1 ? " row" : " rows");
      case PhysicalPlan.SystemScan scan -> "SystemScan " + scan.schema() + "." + scan.view();
      case PhysicalPlan.Filter filter ->
          "Filter " + ExprText.of(filter.condition(), names(filter.input()));
      case PhysicalPlan.Project project ->
          "Project " + ExprText.of(project.output(), names(project.input()));
      case PhysicalPlan.Sort sort -> "Sort " + keys(sort.keys(), sort.input());
      case PhysicalPlan.TopN top ->
          "TopN " + keys(top.keys(), top.input()) + counts(top.limit(), top.offset());
      case PhysicalPlan.Limit limit -> "Limit" + counts(limit.limit(), limit.offset());
      case PhysicalPlan.Aggregate aggregate -> aggregate(aggregate);
      case PhysicalPlan.Distinct _ -> "Distinct";
      case PhysicalPlan.HashJoin join ->
          "HashJoin " + join.type() + " " + joinKeys(join) + condition(join.condition(), join);
      case PhysicalPlan.NestedLoopJoin join ->
          "NestedLoopJoin " + join.type() + condition(join.condition(), join);
      case PhysicalPlan.LookupJoin join ->
          "LookupJoin " + join.type() + " " + lookupKeys(join) + condition(join.condition(), join);
      case PhysicalPlan.Union _ -> "Union";
      case PhysicalPlan.SetOperation operation ->
          (operation.minus() ? "Except" : "Intersect") + (operation.all() ? " all" : "");
      case PhysicalPlan.SingleRow _ -> "SingleRow";
      case PhysicalPlan.Insert insert ->
          "Insert "
              + insert.table().name()
              + (insert.onConflict() == PhysicalPlan.ConflictAction.ERROR
                  ? ""
                  : " on conflict " + insert.onConflict().name().toLowerCase(Locale.ROOT))
              + returning(insert.returning(), insert.table());
      case PhysicalPlan.Update update ->
          "Update "
              + update.table().name()
              + " set "
              + update.assigned().stream()
                  .map(column -> update.table().columns().get(column).name())
                  .collect(Collectors.joining(", "))
              + returning(update.returning(), update.table());
      case PhysicalPlan.Delete delete ->
          "Delete " + delete.table().name() + returning(delete.returning(), delete.table());
    };
  }

  private static List<String> names(PhysicalPlan plan) {
    return plan.columns().stream().map(PlanColumn::name).toList();
  }

  private static List<String> names(TableDescriptor table) {
    return table.columns().stream().map(ColumnDescriptor::name).toList();
  }

  private static String scan(TableScan scan, boolean showRanges) {
    List<String> columns = names(scan.table());
    StringBuilder text = new StringBuilder();
    if (showRanges) {
      text.append(isPoints(scan) ? "Get " : "Scan ");
    }
    text.append(scan.table().name());
    if (showRanges) {
      text.append(ranges(scan));
    }
    text.append(placements(scan));
    if (scan.filter() != null) {
      text.append(" filter ").append(ExprText.of(scan.filter(), columns));
    }
    String groups = ExprText.of(scan.output(), columns);
    if (scan.aggregates() == null) {
      text.append(" output ").append(groups);
    } else {
      text.append(" partial ").append(calls(scan.aggregates(), columns));
      if (!groups.isEmpty()) {
        text.append(" by ").append(groups);
      }
    }
    if (scan.options().limit() != null) {
      text.append(" limit ").append(ExprText.of(scan.options().limit(), List.of()));
    }
    text.append(scan.options().reverse() ? " reverse" : "");
    return text.append(scan.options().forUpdate() ? " for update" : "").toString();
  }

  /** Which placements are read, where that does not follow from the key. */
  private static String placements(TableScan scan) {
    TableDescriptor table = scan.table();
    int column = table.placementColumn();
    if (column < 0 || table.primaryKey().stream().anyMatch(part -> part.column() == column)) {
      return "";
    }
    List<Expr> names = scan.options().placements();
    return names == null ? " in all placements" : " in " + ExprText.of(names, List.of());
  }

  private static boolean isPoints(TableScan scan) {
    return scan.ranges().stream()
        .allMatch(range -> range.equal().size() == scan.table().primaryKey().size());
  }

  private static String ranges(TableScan scan) {
    if (scan.ranges().size() == 1 && scan.ranges().getFirst().equals(KeyRangeSpec.ALL)) {
      return "";
    }
    String shown =
        scan.ranges().stream()
            .limit(RANGES_SHOWN_MAX)
            .map(range -> range(range, scan.table()))
            .collect(Collectors.joining(", "));
    int more = scan.ranges().size() - RANGES_SHOWN_MAX;
    return " [" + shown + (more > 0 ? ", and " + more + " more" : "") + "]";
  }

  private static String range(KeyRangeSpec range, TableDescriptor table) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < range.equal().size(); i++) {
      parts.add(keyName(table, i) + " = " + ExprText.of(range.equal().get(i), List.of()));
    }
    int next = range.equal().size();
    addBound(parts, table, next, range.lower(), ">");
    addBound(parts, table, next, range.upper(), "<");
    return String.join(" and ", parts);
  }

  private static void addBound(
      List<String> parts,
      TableDescriptor table,
      int part,
      @Nullable BoundSpec bound,
      String operator) {
    if (bound != null) {
      parts.add(
          keyName(table, part)
              + " "
              + operator
              + (bound.inclusive() ? "= " : " ")
              + ExprText.of(bound.value(), List.of()));
    }
  }

  private static String keyName(TableDescriptor table, int part) {
    return table.columns().get(table.primaryKey().get(part).column()).name();
  }

  private static String calls(List<AggregateCall> calls, List<String> columns) {
    return calls.stream().map(call -> call(call, columns)).collect(Collectors.joining(", "));
  }

  private static String call(AggregateCall call, List<String> columns) {
    Expr argument = call.argument();
    return call.function().name().toLowerCase(Locale.ROOT)
        + "("
        + (call.distinct() ? "distinct " : "")
        + (argument == null ? "*" : ExprText.of(argument, columns))
        + ")";
  }

  private static String aggregate(PhysicalPlan.Aggregate aggregate) {
    List<String> columns = names(aggregate.input());
    String groups =
        aggregate.groupBy().stream().map(columns::get).collect(Collectors.joining(", "));
    String calls =
        aggregate.phase() == PhysicalPlan.AggregatePhase.FINAL
            ? aggregate.aggregates().stream()
                .map(call -> call.function().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "))
            : calls(aggregate.aggregates(), columns);
    return (aggregate.phase() == PhysicalPlan.AggregatePhase.FINAL
            ? "FinalAggregate "
            : "Aggregate ")
        + calls
        + (groups.isEmpty() ? "" : " by " + groups);
  }

  private static String keys(List<SortKey> keys, PhysicalPlan input) {
    List<String> columns = names(input);
    return keys.stream()
        .map(key ->
            columns.get(key.column())
                + (key.descending() ? " desc" : "")
                + (key.nullsFirst() == key.descending()
                    ? ""
                    : key.nullsFirst() ? " nulls first" : " nulls last"))
        .collect(Collectors.joining(", "));
  }

  private static String counts(@Nullable Expr limit, @Nullable Expr offset) {
    return (limit == null ? "" : " limit " + ExprText.of(limit, List.of()))
        + (offset == null ? "" : " offset " + ExprText.of(offset, List.of()));
  }

  private static String joinKeys(PhysicalPlan.HashJoin join) {
    List<String> parts = new ArrayList<>();
    for (JoinKey key : join.keys()) {
      parts.add(
          ExprText.of(key.left(), names(join.left()))
              + (key.nullsMatch() ? " is not distinct from " : " = ")
              + ExprText.of(key.right(), names(join.right())));
    }
    return String.join(" and ", parts);
  }

  private static String lookupKeys(PhysicalPlan.LookupJoin join) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < join.keys().size(); i++) {
      parts.add(
          keyName(join.right().table(), i)
              + " = "
              + ExprText.of(join.keys().get(i), names(join.left())));
    }
    return String.join(" and ", parts);
  }

  private static String condition(@Nullable Expr condition, PhysicalPlan join) {
    if (condition == null) {
      return "";
    }
    List<String> columns = new ArrayList<>(names(join.inputs().getFirst()));
    columns.addAll(
        join instanceof PhysicalPlan.LookupJoin lookup
            ? names(lookup.right())
            : names(join.inputs().getLast()));
    return " on " + ExprText.of(condition, columns);
  }

  private static String returning(List<Expr> exprs, TableDescriptor table) {
    return exprs.isEmpty() ? "" : " returning " + ExprText.of(exprs, names(table));
  }
}
