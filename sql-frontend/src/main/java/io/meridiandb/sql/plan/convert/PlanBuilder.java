package io.meridiandb.sql.plan.convert;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.SystemView;
import io.meridiandb.sql.plan.calcite.ParameterTypes;
import io.meridiandb.sql.plan.calcite.PlannerTable;
import io.meridiandb.sql.plan.calcite.RelTypes;
import io.meridiandb.sql.plan.physical.JoinType;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.sql.plan.physical.SortKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Walks Calcite's tree from the leaves up and makes the physical plan of each operator. */
public final class PlanBuilder {
  private final ExprTranslator translator;
  private final ParameterTypes parameters;

  /** A builder that translates expressions with {@code translator}. */
  public PlanBuilder(ExprTranslator translator, ParameterTypes parameters) {
    this.translator = translator;
    this.parameters = parameters;
  }

  /** The plan of an optimised tree. */
  public PhysicalPlan build(RelNode rel) {
    return switch (rel) {
      case TableScan scan -> scan(scan);
      case Filter filter ->
          Pushdown.filter(build(filter.getInput()), translator.translate(filter.getCondition()));
      case Project project ->
          Pushdown.project(
              build(project.getInput()),
              translator.translateAll(project.getProjects()),
              project.getRowType().getFieldNames());
      case Aggregate aggregate -> aggregate(aggregate);
      case Sort sort -> sort(sort);
      case Join join -> join(join);
      case Values values -> values(values);
      case Union union -> union(union);
      case Intersect intersect -> fold(intersect, false);
      case Minus minus -> fold(minus, true);
      default -> throw unsupported(rel);
    };
  }

  private static RuntimeException unsupported(RelNode rel) {
    String what =
        switch (rel.getRelTypeName()) {
          case "LogicalCorrelate" -> "this kind of correlated subquery";
          case "LogicalWindow" -> "a window function";
          default -> "the operation " + rel.getRelTypeName();
        };
    return ExprTranslator.unsupported(what);
  }

  private static PhysicalPlan scan(TableScan scan) {
    PlannerTable table = scan.getTable().unwrap(PlannerTable.class);
    Invariants.check(table != null, "a scan of %s, which is no table", scan.getTable());
    if (table.table() != null) {
      return Pushdown.scan(table.table());
    }
    SystemView view = table.view();
    if (view == null) {
      throw Invariants.unreachable("%s is neither stored nor a view", scan.getTable());
    }
    List<PlanColumn> columns = new ArrayList<>();
    for (ColumnDescriptor column : view.columns()) {
      columns.add(
          new PlanColumn(column.name(), column.type(), column.nullable(), view.qualifiedName()));
    }
    return new PhysicalPlan.SystemScan(view.schema(), view.name(), columns);
  }

  private PhysicalPlan aggregate(Aggregate aggregate) {
    PhysicalPlan early = EarlyAggregation.tryPlan(this, aggregate);
    if (early != null) {
      return early;
    }
    return Aggregates.plan(build(aggregate.getInput()), aggregate);
  }

  private PhysicalPlan sort(Sort sort) {
    PhysicalPlan input = build(sort.getInput());
    List<SortKey> keys = sortKeys(sort.getCollation());
    Expr limit = count(sort.fetch);
    Expr offset = count(sort.offset);
    if (keys.isEmpty()) {
      return Pushdown.limit(input, limit, offset);
    }
    return limit == null && offset == null
        ? Pushdown.sort(input, keys)
        : Pushdown.topN(input, keys, limit, offset);
  }

  private @Nullable Expr count(@Nullable RexNode node) {
    if (node == null) {
      return null;
    }
    Expr expr = translator.translate(node);
    if (expr instanceof Expr.Parameter parameter) {
      SqlType type = parameters.resolve(parameter.index(), SqlType.BIGINT);
      return Exprs.cast(new Expr.Parameter(parameter.index(), type), SqlType.BIGINT);
    }
    return expr instanceof Expr.Literal literal && literal.value() instanceof Number number
        ? Exprs.literal(number.longValue())
        : Exprs.cast(expr, SqlType.BIGINT);
  }

  private static List<SortKey> sortKeys(RelCollation collation) {
    List<SortKey> keys = new ArrayList<>();
    for (RelFieldCollation field : collation.getFieldCollations()) {
      boolean descending = field.direction.isDescending();
      boolean nullsFirst =
          switch (field.nullDirection) {
            case FIRST -> true;
            case LAST -> false;
            case UNSPECIFIED -> descending;
          };
      keys.add(new SortKey(field.getFieldIndex(), descending, nullsFirst));
    }
    return keys;
  }

  private PhysicalPlan join(Join join) {
    PhysicalPlan left = build(join.getLeft());
    PhysicalPlan right = build(join.getRight());
    Expr condition = translator.translate(join.getCondition());
    return Joins.join(
        left, right, joinType(join.getJoinType()), condition.equals(Exprs.TRUE) ? null : condition);
  }

  private static JoinType joinType(JoinRelType type) {
    return switch (type) {
      case INNER -> JoinType.INNER;
      case LEFT -> JoinType.LEFT;
      case RIGHT -> JoinType.RIGHT;
      case FULL -> JoinType.FULL;
      case SEMI -> JoinType.SEMI;
      case ANTI -> JoinType.ANTI;
      default -> throw ExprTranslator.unsupported("a join of the form " + type);
    };
  }

  private PhysicalPlan values(Values values) {
    List<List<Expr>> rows = new ArrayList<>();
    List<SqlType> types = new ArrayList<>();
    values.getRowType().getFieldList().forEach(field -> types.add(RelTypes.toSql(field.getType())));
    for (List<RexLiteral> row : values.getTuples()) {
      List<Expr> exprs = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        exprs.add(inKind(translator.translate(row.get(i)), types.get(i)));
      }
      rows.add(exprs);
    }
    List<PlanColumn> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(PlanColumn.of(values.getRowType().getFieldNames().get(i), types.get(i)));
    }
    return new PhysicalPlan.Values(rows, columns);
  }

  private static Expr inKind(Expr expr, SqlType type) {
    return expr.type().kind() == type.kind() ? expr : Exprs.cast(expr, type);
  }

  private PhysicalPlan union(Union union) {
    List<PhysicalPlan> inputs = inputs(union);
    PhysicalPlan all = inputs.size() == 1 ? inputs.getFirst() : new PhysicalPlan.Union(inputs);
    return union.all ? all : new PhysicalPlan.Distinct(all);
  }

  private PhysicalPlan fold(SetOp operation, boolean minus) {
    List<PhysicalPlan> inputs = inputs(operation);
    PhysicalPlan plan = inputs.getFirst();
    for (PhysicalPlan next : inputs.subList(1, inputs.size())) {
      plan = new PhysicalPlan.SetOperation(plan, next, minus, operation.all);
    }
    return plan;
  }

  /** The inputs, each with columns of the result's types. */
  private List<PhysicalPlan> inputs(SetOp operation) {
    List<PhysicalPlan> inputs = new ArrayList<>();
    List<String> names = operation.getRowType().getFieldNames();
    for (RelNode input : operation.getInputs()) {
      PhysicalPlan plan = build(input);
      List<Expr> output = new ArrayList<>();
      boolean same = true;
      for (int i = 0; i < names.size(); i++) {
        SqlType wanted = RelTypes.toSql(operation.getRowType().getFieldList().get(i).getType());
        Expr column = new Expr.Column(i, plan.columns().get(i).type());
        Expr cast =
            operation.getRowType().getFieldList().get(i).getType().getSqlTypeName()
                    == SqlTypeName.DECIMAL
                ? inKind(column, SqlType.NUMERIC)
                : inKind(column, wanted);
        same &= cast.equals(column);
        output.add(cast);
      }
      inputs.add(same ? plan : Pushdown.project(plan, output, names));
    }
    return inputs;
  }
}
