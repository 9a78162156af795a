package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.scan.AggregateCall;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.AggregatePhase;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY and aggregate functions. AVG becomes SUM and COUNT; over a scan the first half is done
 * at the tablets.
 */
final class Aggregates {
  private final PhysicalPlan input;
  private final Aggregate aggregate;
  private final List<Integer> groupBy;
  private final List<AggregateCall> calls = new ArrayList<>();

  /** The result's values over the raw result: grouping columns, then {@link #calls}. */
  private final List<Expr> output = new ArrayList<>();

  private Aggregates(PhysicalPlan input, Aggregate aggregate) {
    this.input = input;
    this.aggregate = aggregate;
    this.groupBy = aggregate.getGroupSet().asList();
  }

  /** The plan of an aggregation. */
  static PhysicalPlan plan(PhysicalPlan input, Aggregate aggregate) {
    if (aggregate.getGroupType() != Aggregate.Group.SIMPLE) {
      throw ExprTranslator.unsupported("a GROUP BY of several groupings");
    }
    if (aggregate.getAggCallList().isEmpty()) {
      return distinct(input, aggregate);
    }
    if (isSingleValue(aggregate)) {
      return new PhysicalPlan.SingleRow(
          Pushdown.project(
              input,
              List.of(
                  columnOf(input, aggregate.getAggCallList().getFirst().getArgList().getFirst())),
              aggregate.getRowType().getFieldNames()));
    }
    return new Aggregates(input, aggregate).run();
  }

  private static boolean isSingleValue(Aggregate aggregate) {
    return aggregate.getGroupCount() == 0
        && aggregate.getAggCallList().size() == 1
        && aggregate.getAggCallList().getFirst().getAggregation().getName().equals("SINGLE_VALUE");
  }

  private static PhysicalPlan distinct(PhysicalPlan input, Aggregate aggregate) {
    if (aggregate.getGroupCount() == 0) {
      List<Expr> none = List.of();
      return new PhysicalPlan.Limit(
          new PhysicalPlan.Values(List.of(none), List.of()), Exprs.literal(1L), null);
    }
    List<Expr> columns = new ArrayList<>();
    for (int column : aggregate.getGroupSet()) {
      columns.add(columnOf(input, column));
    }
    return new PhysicalPlan.Distinct(
        Pushdown.project(input, columns, aggregate.getRowType().getFieldNames()));
  }

  private static Expr columnOf(PhysicalPlan plan, int index) {
    return new Expr.Column(index, plan.columns().get(index).type());
  }

  private PhysicalPlan run() {
    for (int i = 0; i < groupBy.size(); i++) {
      output.add(new Expr.Column(i, columnOf(input, groupBy.get(i)).type()));
    }
    for (org.apache.calcite.rel.core.AggregateCall call : aggregate.getAggCallList()) {
      output.add(addCall(call));
    }
    PhysicalPlan raw = raw();
    return Pushdown.project(raw, output, aggregate.getRowType().getFieldNames());
  }

  /** Adds what a call needs and returns its value over the raw result. */
  private Expr addCall(org.apache.calcite.rel.core.AggregateCall call) {
    String name = call.getAggregation().getName();
    SqlType type = ExprTranslator.computedType(call.getType());
    Expr argument = argument(call);
    return switch (call.getAggregation().getKind()) {
      case COUNT -> add(AggregateCall.Function.COUNT, argument, call.isDistinct(), SqlType.BIGINT);
      case SUM -> add(AggregateCall.Function.SUM, argument, call.isDistinct(), type);
      case SUM0 ->
          Exprs.call(
              ScalarFunction.COALESCE,
              type,
              add(AggregateCall.Function.SUM, argument, call.isDistinct(), type),
              Exprs.cast(Exprs.literal(0L), type));
      case AVG -> average(argument, call.isDistinct(), call.getType());
      case MIN -> add(extreme(name, true), argument, false, valueType(argument, type));
      case MAX -> add(extreme(name, false), argument, false, valueType(argument, type));
      case ANY_VALUE ->
          add(AggregateCall.Function.ANY_VALUE, argument, false, valueType(argument, type));
      case LITERAL_AGG -> Literals.translate((RexLiteral) call.rexList.getFirst());
      case SINGLE_VALUE ->
          add(AggregateCall.Function.SINGLE_VALUE, argument, false, valueType(argument, type));
      case LISTAGG -> texts(call, argument);
      default -> byName(call, name, argument, type);
    };
  }

  private Expr byName(
      org.apache.calcite.rel.core.AggregateCall call,
      String name,
      @Nullable Expr argument,
      SqlType type) {
    return switch (name.toUpperCase(java.util.Locale.ROOT)) {
      case "STRING_AGG" -> texts(call, argument);
      case "BOOL_AND", "EVERY" -> add(AggregateCall.Function.BOOL_AND, argument, false, type);
      case "BOOL_OR", "SOME" -> add(AggregateCall.Function.BOOL_OR, argument, false, type);
      default ->
          throw ExprTranslator.unsupported(
              "the aggregate function " + call.getAggregation().getName());
    };
  }

  /** string_agg(text, separator). */
  private Expr texts(org.apache.calcite.rel.core.AggregateCall call, @Nullable Expr argument) {
    if (!call.getCollation().getKeys().isEmpty()) {
      throw ExprTranslator.unsupported("ORDER BY within an aggregate function");
    }
    Expr separator =
        call.getArgList().size() < 2 ? null : columnOf(input, call.getArgList().get(1));
    return add(
        new AggregateCall(
            AggregateCall.Function.STRING_AGG,
            argument,
            call.isDistinct(),
            separator,
            SqlType.TEXT));
  }

  /** EVERY and SOME are minimum and maximum of truth values to Calcite. */
  private static AggregateCall.Function extreme(String name, boolean least) {
    return switch (name) {
      case "EVERY", "BOOL_AND" -> AggregateCall.Function.BOOL_AND;
      case "SOME", "BOOL_OR" -> AggregateCall.Function.BOOL_OR;
      default -> least ? AggregateCall.Function.MIN : AggregateCall.Function.MAX;
    };
  }

  private static SqlType valueType(@Nullable Expr argument, SqlType type) {
    return argument == null ? type : argument.type();
  }

  /** Position of an equal call, or of a new one, as an expression over the raw result. */
  private Expr add(
      AggregateCall.Function function, @Nullable Expr argument, boolean distinct, SqlType type) {
    return add(new AggregateCall(function, argument, distinct, type));
  }

  private Expr add(AggregateCall call) {
    int index = calls.indexOf(call);
    if (index < 0) {
      index = calls.size();
      calls.add(call);
    }
    return new Expr.Column(groupBy.size() + index, call.type());
  }

  private Expr average(@Nullable Expr argument, boolean distinct, RelDataType resultType) {
    SqlType type = ExprTranslator.computedType(resultType);
    SqlType sumType = argument != null && isSmallInteger(argument.type()) ? SqlType.BIGINT : type;
    Expr sum = add(AggregateCall.Function.SUM, argument, distinct, sumType);
    Expr count = add(AggregateCall.Function.COUNT, argument, distinct, SqlType.BIGINT);
    // Division by a count of zero must give NULL: then the sum is NULL, and so is the quotient.
    Expr divisor =
        Exprs.call(
            ScalarFunction.NULLIF,
            type,
            Exprs.cast(count, type),
            Exprs.cast(Exprs.literal(0L), type));
    return Exprs.call(ScalarFunction.DIVIDE, type, Exprs.cast(sum, type), divisor);
  }

  private static boolean isSmallInteger(SqlType type) {
    return type.kind() == SqlType.Kind.SMALLINT || type.kind() == SqlType.Kind.INTEGER;
  }

  /** The argument, NULL for rows that a FILTER clause leaves out. */
  private @Nullable Expr argument(org.apache.calcite.rel.core.AggregateCall call) {
    boolean texts =
        call.getAggregation().getKind() == SqlKind.LISTAGG
            || call.getAggregation().getName().equalsIgnoreCase("STRING_AGG");
    if (call.getArgList().size() > (texts ? 2 : 1)) {
      throw ExprTranslator.unsupported("an aggregate function of several arguments");
    }
    Expr argument =
        call.getArgList().isEmpty() ? null : columnOf(input, call.getArgList().getFirst());
    if (!call.hasFilter()) {
      return argument;
    }
    Expr value = argument == null ? Exprs.literal(1L) : argument;
    return Exprs.call(
        ScalarFunction.CASE,
        value.type(),
        columnOf(input, call.filterArg),
        value,
        Exprs.literal(null, value.type()));
  }

  private PhysicalPlan raw() {
    if (calls.isEmpty() && !groupBy.isEmpty()) {
      List<Expr> groups = new ArrayList<>();
      groupBy.forEach(column -> groups.add(columnOf(input, column)));
      List<String> names = groupBy.stream().map(c -> input.columns().get(c).name()).toList();
      return new PhysicalPlan.Distinct(Pushdown.project(input, groups, names));
    }
    List<PlanColumn> columns = new ArrayList<>();
    for (int column : groupBy) {
      columns.add(input.columns().get(column));
    }
    for (AggregateCall call : calls) {
      columns.add(PlanColumn.of(callName(call), call.type()));
    }
    if (input instanceof TableScan scan
        && scan.aggregates() == null
        && scan.options().limit() == null
        && calls.stream().noneMatch(Aggregates::needsAllRows)) {
      return split(scan, columns);
    }
    return new PhysicalPlan.Aggregate(input, groupBy, calls, AggregatePhase.FULL, columns);
  }

  private static String callName(AggregateCall call) {
    return call.function().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static boolean needsAllRows(AggregateCall call) {
    return call.distinct()
        || call.function() == AggregateCall.Function.STRING_AGG
        || call.function() == AggregateCall.Function.SINGLE_VALUE;
  }

  /** Partial groups where the rows are, finished here. */
  private PhysicalPlan split(TableScan scan, List<PlanColumn> columns) {
    List<Expr> groups = new ArrayList<>();
    for (int column : groupBy) {
      groups.add(scan.output().get(column));
    }
    List<AggregateCall> partial = new ArrayList<>();
    for (AggregateCall call : calls) {
      Expr argument = call.argument();
      partial.add(
          new AggregateCall(
              call.function(),
              argument == null ? null : Exprs.replaceColumns(argument, scan.output()),
              false,
              call.type()));
    }
    TableScan grouped =
        new TableScan(
            scan.table(), scan.ranges(), scan.filter(), groups, partial, scan.options(), columns);
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < groupBy.size(); i++) {
      positions.add(i);
    }
    return new PhysicalPlan.Aggregate(grouped, positions, calls, AggregatePhase.FINAL, columns);
  }
}
