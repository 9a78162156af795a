package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.TableBuilder;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.plan.PlannedStatement.Kind;
import io.meridiandb.sql.plan.calcite.ParameterTypes;
import io.meridiandb.sql.plan.calcite.QueryCompiler;
import io.meridiandb.sql.plan.physical.ChildTable;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlDelete;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUpdate;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * Plans of INSERT, UPDATE and DELETE. Calcite sees only queries: what an UPDATE reads and computes
 * is {@code SELECT *, new values FROM table WHERE …}, what RETURNING shows is a select list over
 * the table.
 */
public final class DmlPlanner {
  private final Catalog catalog;
  private final CalciteSchema schema;
  private final ParameterTypes parameters;
  private final int parameterCount;

  /** A planner of one statement; see {@link ExprTranslator} about {@code parameterCount}. */
  public DmlPlanner(
      Catalog catalog, CalciteSchema schema, ParameterTypes parameters, int parameterCount) {
    this.catalog = catalog;
    this.schema = schema;
    this.parameters = parameters;
    this.parameterCount = parameterCount;
  }

  /** A plan and what it does. */
  public record Result(Kind kind, PhysicalPlan plan) {}

  /** Plans a statement. */
  public Result plan(Statement.Dml dml) {
    return switch (dml.statement()) {
      case SqlInsert insert -> new Result(Kind.INSERT, new InsertPlanner(this).plan(insert, dml));
      case SqlUpdate update -> new Result(Kind.UPDATE, update(update, dml.returning()));
      case SqlDelete delete -> new Result(Kind.DELETE, delete(delete, dml.returning()));
      default -> throw ExprTranslator.unsupported("this statement");
    };
  }

  ParameterTypes parameters() {
    return parameters;
  }

  /** The table that a statement writes. */
  TableDescriptor target(SqlNode node) {
    if (!(node instanceof SqlIdentifier name)) {
      throw ExprTranslator.unsupported("writing to anything but a table");
    }
    TableDescriptor table =
        name.names.size() > 1 && !name.names.getFirst().equals("public")
            ? null
            : catalog.table(name.names.getLast());
    if (table == null) {
      boolean view = name.names.size() > 1;
      throw new PositionedException(
          new MeridianException(
              view ? ErrorCode.FEATURE_NOT_SUPPORTED : ErrorCode.UNDEFINED_TABLE,
              view
                  ? "\"" + String.join(".", name.names) + "\" cannot be written"
                  : "table \"" + TableBuilder.simpleName(name) + "\" does not exist"),
          name.getParserPosition());
    }
    return table;
  }

  /** The position of a column that is assigned to. */
  static int column(TableDescriptor table, SqlNode node) {
    String name = ((SqlIdentifier) node).names.getLast();
    for (int i = 0; i < table.columns().size(); i++) {
      if (table.columns().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new PositionedException(
        new MeridianException(
            ErrorCode.UNDEFINED_COLUMN,
            "column \"%s\" of table \"%s\" does not exist".formatted(name, table.name())),
        node.getParserPosition());
  }

  static void checkOnce(List<Integer> columns, int column, TableDescriptor table, SqlNode node) {
    if (columns.contains(column)) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.DUPLICATE_COLUMN,
              "column \"" + table.columns().get(column).name() + "\" is assigned twice"),
          node.getParserPosition());
    }
  }

  static String columnText(ColumnDescriptor column) {
    return "column \"" + column.name() + "\"";
  }

  /** A parameter alone takes the type of the column that it is assigned to. */
  void hint(SqlNode value, ColumnDescriptor column) {
    if (value instanceof SqlDynamicParam parameter) {
      parameters.resolve(parameter.getIndex(), column.type());
    }
  }

  /** The plan of a query within the statement. */
  PhysicalPlan query(SqlNode query) {
    QueryCompiler compiler = new QueryCompiler(schema, parameters);
    ExprTranslator translator = new ExprTranslator(compiler.rexBuilder(), parameterCount);
    return new PlanBuilder(translator, parameters)
        .build(compiler.optimise(compiler.translate(query)));
  }

  /** A translator for expressions that are not Calcite's. */
  ExprTranslator translator() {
    return new ExprTranslator(new QueryCompiler(schema, parameters).rexBuilder(), parameterCount);
  }

  /**
   * One expression without columns.
   *
   * @throws PositionedException if it has a subquery
   */
  public Expr expression(SqlNode node) {
    List<Expr> exprs = expressions(List.of(node));
    if (exprs == null) {
      throw new PositionedException(
          new MeridianException(ErrorCode.FEATURE_NOT_SUPPORTED, "a subquery is not allowed here"),
          node.getParserPosition());
    }
    return exprs.getFirst();
  }

  /** Expressions without columns; null if one of them has a subquery. */
  @Nullable List<Expr> expressions(List<SqlNode> nodes) {
    QueryCompiler compiler = new QueryCompiler(schema, parameters);
    SqlNodeList list = new SqlNodeList(nodes, SqlParserPos.ZERO);
    RelRoot root = compiler.translate(select(list, null, null));
    ExprTranslator translator = new ExprTranslator(compiler.rexBuilder(), parameterCount);
    return root.rel instanceof Project project
            && project.getInput() instanceof Values
            && !RexUtil.SubQueryFinder.containsSubQuery(project)
        ? translator.translateAll(project.getProjects())
        : root.rel instanceof Values values && values.getTuples().size() == 1
            ? translator.translateAll(values.getTuples().getFirst())
            : null;
  }

  static SqlSelect select(SqlNodeList items, @Nullable SqlNode from, @Nullable SqlNode where) {
    return new SqlSelect(
        SqlParserPos.ZERO, null, items, from, where, null, null, null, null, null, null, null);
  }

  private static SqlNode aliased(SqlNode table, @Nullable SqlIdentifier alias) {
    return alias == null
        ? table
        : SqlStdOperatorTable.AS.createCall(table.getParserPosition(), table, alias);
  }

  private PhysicalPlan update(SqlUpdate update, @Nullable SqlNodeList returning) {
    TableDescriptor table = target(update.getTargetTable());
    List<Integer> assigned = new ArrayList<>();
    List<SqlNode> items = new ArrayList<>();
    items.add(SqlIdentifier.star(SqlParserPos.ZERO));
    for (int i = 0; i < update.getTargetColumnList().size(); i++) {
      SqlNode name = update.getTargetColumnList().get(i);
      SqlNode value = update.getSourceExpressionList().get(i);
      int column = column(table, name);
      checkOnce(assigned, column, table, name);
      assigned.add(column);
      hint(value, table.columns().get(column));
      items.add(value);
    }
    SqlNode from = aliased(update.getTargetTable(), update.getAlias());
    PhysicalPlan rows =
        query(select(new SqlNodeList(items, SqlParserPos.ZERO), from, update.getCondition()));
    int width = table.columns().size();
    List<Expr> output = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < rows.columns().size(); i++) {
      Expr value = new Expr.Column(i, rows.columns().get(i).type());
      if (i >= width) {
        ColumnDescriptor column = table.columns().get(assigned.get(i - width));
        SqlNode node = update.getSourceExpressionList().get(i - width);
        value = assigned(rows, i, column, node);
      }
      output.add(value);
      names.add(rows.columns().get(i).name());
    }
    PhysicalPlan input = RowLocks.lock(Pushdown.project(rows, output, names), table);
    Returning shown = returning(table, update.getTargetTable(), update.getAlias(), returning);
    return new PhysicalPlan.Update(
        table, input, assigned, children(table), shown.exprs, shown.columns);
  }

  /** A computed value on its way into a column; constants are checked here and now. */
  private static Expr assigned(
      PhysicalPlan rows, int index, ColumnDescriptor column, SqlNode node) {
    Expr below =
        rows instanceof PhysicalPlan.TableScan scan && scan.aggregates() == null
            ? scan.output().get(index)
            : rows instanceof PhysicalPlan.Project project
                ? project.output().get(index)
                : new Expr.Column(index, rows.columns().get(index).type());
    Expr converted = Assignments.assign(below, column.type(), columnText(column), node);
    if (converted instanceof Expr.Literal) {
      return converted;
    }
    Expr value = new Expr.Column(index, rows.columns().get(index).type());
    return converted.equals(below)
        ? value
        : Exprs.cast(
            value, column.type().kind() == SqlType.Kind.TEXT ? SqlType.TEXT : column.type());
  }

  private PhysicalPlan delete(SqlDelete delete, @Nullable SqlNodeList returning) {
    TableDescriptor table = target(delete.getTargetTable());
    SqlNode from = aliased(delete.getTargetTable(), delete.getAlias());
    SqlNodeList star =
        new SqlNodeList(List.of(SqlIdentifier.star(SqlParserPos.ZERO)), SqlParserPos.ZERO);
    PhysicalPlan rows = query(select(star, from, delete.getCondition()));
    Returning shown = returning(table, delete.getTargetTable(), delete.getAlias(), returning);
    BitSet needed = new BitSet();
    table.primaryKey().forEach(part -> needed.set(part.column()));
    if (table.placementColumn() >= 0) {
      needed.set(table.placementColumn());
    }
    shown.exprs.forEach(expr -> Exprs.markColumns(expr, needed));
    List<Expr> output = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      ColumnDescriptor column = table.columns().get(i);
      output.add(
          needed.get(i)
              ? new Expr.Column(i, column.type())
              : new Expr.Literal(null, column.type()));
      names.add(column.name());
    }
    PhysicalPlan input = RowLocks.lock(Pushdown.project(rows, output, names), table);
    return new PhysicalPlan.Delete(table, input, children(table), shown.exprs, shown.columns);
  }

  private List<ChildTable> children(TableDescriptor table) {
    List<ChildTable> children = new ArrayList<>();
    for (TableDescriptor child : catalog.children(table)) {
      children.add(new ChildTable(child, children(child)));
    }
    return children;
  }

  /** What RETURNING shows: expressions over the table's columns. */
  record Returning(List<Expr> exprs, List<PlanColumn> columns) {}

  Returning returning(
      TableDescriptor table,
      SqlNode tableName,
      @Nullable SqlIdentifier alias,
      @Nullable SqlNodeList items) {
    if (items == null) {
      return new Returning(List.of(), List.of());
    }
    QueryCompiler compiler = new QueryCompiler(schema, parameters);
    SqlNode query = select(items, aliased(tableName, alias), null);
    List<String> before = ColumnNames.before(query);
    SqlNode valid = compiler.validate(query);
    RelNode rel = compiler.convert(valid).project();
    ExprTranslator translator = new ExprTranslator(compiler.rexBuilder(), parameterCount);
    List<Expr> exprs;
    if (rel instanceof Project project
        && project.getInput() instanceof TableScan
        && !RexUtil.SubQueryFinder.containsSubQuery(project)) {
      exprs = translator.translateAll(project.getProjects());
    } else {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "RETURNING takes expressions over the row, no aggregates and no subqueries"),
          items.getParserPosition());
    }
    List<String> names = ColumnNames.of(valid, before, rel.getRowType().getFieldNames());
    List<PlanColumn> columns = new ArrayList<>();
    for (int i = 0; i < exprs.size(); i++) {
      String name = names.get(i);
      ColumnDescriptor column =
          exprs.get(i) instanceof Expr.Column found ? table.columns().get(found.index()) : null;
      columns.add(
          column == null
              ? PlanColumn.of(name, exprs.get(i).type())
              : new PlanColumn(name, column.type(), column.nullable(), table.name()));
    }
    return new Returning(exprs, columns);
  }
}
