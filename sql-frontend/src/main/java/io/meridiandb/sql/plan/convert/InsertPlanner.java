package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.ConflictAction;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Plans of INSERT: rows of VALUES become a plan without Calcite wherever they are plain. */
final class InsertPlanner {
  private final DmlPlanner planner;

  InsertPlanner(DmlPlanner planner) {
    this.planner = planner;
  }

  PhysicalPlan plan(SqlInsert insert, Statement.Dml dml) {
    TableDescriptor table = planner.target(insert.getTargetTable());
    List<Integer> targets = targets(table, insert.getTargetColumnList());
    PhysicalPlan input =
        insert.getSource() instanceof SqlBasicCall values && values.getKind() == SqlKind.VALUES
            ? ofValues(table, targets, insert, values)
            : ofQuery(table, targets, insert, insert.getSource());
    DmlPlanner.Returning shown =
        planner.returning(table, insert.getTargetTable(), null, dml.returning());
    return new PhysicalPlan.Insert(
        table,
        input,
        dml.doNothing() ? ConflictAction.NOTHING : ConflictAction.ERROR,
        shown.exprs(),
        shown.columns());
  }

  /** The columns that values are given for, in the order of the values; null is all columns. */
  private static List<Integer> targets(TableDescriptor table, @Nullable SqlNodeList names) {
    List<Integer> targets = new ArrayList<>();
    if (names == null) {
      for (int i = 0; i < table.columns().size(); i++) {
        targets.add(i);
      }
      return targets;
    }
    for (SqlNode name : names) {
      int column = DmlPlanner.column(table, name);
      DmlPlanner.checkOnce(targets, column, table, name);
      targets.add(column);
    }
    return targets;
  }

  private PhysicalPlan ofValues(
      TableDescriptor table, List<Integer> targets, SqlInsert insert, SqlBasicCall values) {
    List<List<SqlNode>> nodes = new ArrayList<>();
    List<SqlNode> complex = new ArrayList<>();
    for (SqlNode row : values.getOperandList()) {
      List<SqlNode> operands = ((SqlBasicCall) row).getOperandList();
      checkWidth(table, targets, insert, operands.size(), operands);
      for (int i = 0; i < operands.size(); i++) {
        planner.hint(operands.get(i), table.columns().get(targets.get(i)));
        if (isComplex(operands.get(i))) {
          complex.add(operands.get(i));
        }
      }
      nodes.add(operands);
    }
    List<Expr> computed = complex.isEmpty() ? List.of() : planner.expressions(complex);
    if (computed == null) {
      return ofQueryRows(table, targets, insert, nodes);
    }
    ExprTranslator translator = planner.translator();
    List<List<Expr>> rows = new ArrayList<>();
    int next = 0;
    for (List<SqlNode> operands : nodes) {
      @Nullable Expr[] row = new Expr[table.columns().size()];
      for (int i = 0; i < operands.size(); i++) {
        SqlNode node = operands.get(i);
        ColumnDescriptor column = table.columns().get(targets.get(i));
        Expr value = isComplex(node) ? computed.get(next++) : plain(node, column, translator);
        row[targets.get(i)] =
            Assignments.assign(value, column.type(), DmlPlanner.columnText(column), node);
      }
      rows.add(withDefaults(table, row, translator));
    }
    return new PhysicalPlan.Values(rows, columns(table));
  }

  /** What is neither a parameter nor a plain constant nor DEFAULT. */
  private static boolean isComplex(SqlNode node) {
    if (node instanceof SqlDynamicParam || node.getKind() == SqlKind.DEFAULT) {
      return false;
    }
    return !(node instanceof SqlLiteral literal)
        || !(literal instanceof SqlNumericLiteral
            || literal instanceof SqlCharStringLiteral
            || literal.getTypeName() == SqlTypeName.NULL
            || literal.getTypeName() == SqlTypeName.BOOLEAN);
  }

  private Expr plain(SqlNode node, ColumnDescriptor column, ExprTranslator translator) {
    return switch (node) {
      case SqlDynamicParam parameter ->
          new Expr.Parameter(
              parameter.getIndex(),
              planner.parameters().resolve(parameter.getIndex(), column.type()));
      case SqlNumericLiteral number -> number(number);
      case SqlCharStringLiteral text ->
          new Expr.Literal(text.getValueAs(String.class), SqlType.TEXT);
      case SqlLiteral literal when literal.getTypeName() == SqlTypeName.BOOLEAN ->
          new Expr.Literal(literal.booleanValue(), SqlType.BOOLEAN);
      case SqlLiteral _ -> new Expr.Literal(null, column.type());
      default -> defaultOf(column, translator);
    };
  }

  private static Expr number(SqlNumericLiteral literal) {
    BigDecimal value = literal.getValueAs(BigDecimal.class);
    if (!literal.isInteger()) {
      boolean exact = literal.getPrec() != null;
      return exact
          ? new Expr.Literal(value, SqlType.NUMERIC)
          : new Expr.Literal(value.doubleValue(), SqlType.DOUBLE);
    }
    boolean fits = value.precision() - value.scale() <= 18;
    return fits
        ? new Expr.Literal(value.longValue(), SqlType.BIGINT)
        : new Expr.Literal(value, SqlType.NUMERIC);
  }

  private static Expr defaultOf(ColumnDescriptor column, ExprTranslator translator) {
    Expr stored = column.defaultValue();
    return stored == null
        ? new Expr.Literal(null, column.type())
        : Assignments.forStatement(stored, translator);
  }

  private static List<Expr> withDefaults(
      TableDescriptor table, @Nullable Expr[] row, ExprTranslator translator) {
    List<Expr> whole = new ArrayList<>();
    for (int i = 0; i < row.length; i++) {
      Expr value = row[i];
      whole.add(value == null ? defaultOf(table.columns().get(i), translator) : value);
    }
    return whole;
  }

  private static List<PlanColumn> columns(TableDescriptor table) {
    List<PlanColumn> columns = new ArrayList<>();
    for (ColumnDescriptor column : table.columns()) {
      columns.add(PlanColumn.of(column.name(), column.type()));
    }
    return columns;
  }

  /** Rows with subqueries: each row is a query of its own. */
  private PhysicalPlan ofQueryRows(
      TableDescriptor table, List<Integer> targets, SqlInsert insert, List<List<SqlNode>> nodes) {
    List<PhysicalPlan> rows = new ArrayList<>();
    for (List<SqlNode> operands : nodes) {
      if (operands.stream().anyMatch(node -> node.getKind() == SqlKind.DEFAULT)) {
        throw ExprTranslator.unsupported("DEFAULT beside a subquery in VALUES");
      }
      SqlNodeList items = new SqlNodeList(operands, SqlParserPos.ZERO);
      rows.add(ofQuery(table, targets, insert, DmlPlanner.select(items, null, null)));
    }
    return rows.size() == 1 ? rows.getFirst() : new PhysicalPlan.Union(rows);
  }

  private PhysicalPlan ofQuery(
      TableDescriptor table, List<Integer> targets, SqlInsert insert, SqlNode source) {
    PhysicalPlan rows = planner.query(source);
    checkWidth(table, targets, insert, rows.columns().size(), List.of());
    ExprTranslator translator = planner.translator();
    @Nullable Expr[] row = new Expr[table.columns().size()];
    for (int i = 0; i < rows.columns().size(); i++) {
      ColumnDescriptor column = table.columns().get(targets.get(i));
      Expr value = new Expr.Column(i, rows.columns().get(i).type());
      row[targets.get(i)] =
          Assignments.assign(value, column.type(), DmlPlanner.columnText(column), source);
    }
    List<String> names = table.columns().stream().map(ColumnDescriptor::name).toList();
    return Pushdown.project(rows, withDefaults(table, row, translator), names);
  }

  private static void checkWidth(
      TableDescriptor table,
      List<Integer> targets,
      SqlInsert insert,
      int width,
      List<SqlNode> operands) {
    boolean tooMany = width > targets.size();
    boolean listed = insert.getTargetColumnList() != null;
    if (!tooMany && (width == targets.size() || !listed)) {
      return;
    }
    SqlNode at = tooMany && !operands.isEmpty() ? operands.get(targets.size()) : insert.getSource();
    throw new PositionedException(
        new MeridianException(
            ErrorCode.SYNTAX_ERROR,
            "INSERT into \"%s\" has %s expressions than target columns (%d for %d)"
                .formatted(table.name(), tooMany ? "more" : "fewer", width, targets.size())),
        at.getParserPosition());
  }
}
