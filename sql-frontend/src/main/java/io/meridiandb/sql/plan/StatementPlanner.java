package io.meridiandb.sql.plan;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.plan.PlannedStatement.AsOf;
import io.meridiandb.sql.plan.calcite.CalciteErrors;
import io.meridiandb.sql.plan.calcite.ParameterTypes;
import io.meridiandb.sql.plan.calcite.PlannerSchema;
import io.meridiandb.sql.plan.calcite.QueryCompiler;
import io.meridiandb.sql.plan.convert.Assignments;
import io.meridiandb.sql.plan.convert.ColumnNames;
import io.meridiandb.sql.plan.convert.DmlPlanner;
import io.meridiandb.sql.plan.convert.ExprTranslator;
import io.meridiandb.sql.plan.convert.PlanBuilder;
import io.meridiandb.sql.plan.convert.Renaming;
import io.meridiandb.sql.plan.convert.RowLocks;
import io.meridiandb.sql.plan.convert.SystemTime;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans from parsed statements for one catalog version. Callable from any fiber; every call
 * uses Calcite objects of its own.
 */
public final class StatementPlanner {
  private final Catalog catalog;
  private final CalciteSchema schema;

  /** A planner for the tables of {@code catalog}. */
  public StatementPlanner(Catalog catalog) {
    this.catalog = catalog;
    this.schema = PlannerSchema.of(catalog);
  }

  /** The catalog that it plans with. */
  public Catalog catalog() {
    return catalog;
  }

  /**
   * Plans a query or an INSERT, UPDATE or DELETE.
   *
   * @param sql the text that {@code statement} was parsed from, for positions
   * @param parameterCount how many parameters the text has
   * @param declared their types as far as the client gave them, null where it did not
   * @throws MeridianException what is wrong with the statement, and where
   */
  public PlannedStatement plan(
      String sql, Statement statement, int parameterCount, List<@Nullable SqlType> declared) {
    ParameterTypes parameters = new ParameterTypes(declared);
    try {
      return switch (statement) {
        case Statement.Query query -> query(query, parameterCount, parameters);
        case Statement.Dml dml -> dml(dml, parameterCount, parameters);
        default -> throw new IllegalArgumentException("not a statement with a plan");
      };
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      throw CalciteErrors.explain(sql, e);
    }
  }

  private PlannedStatement query(
      Statement.Query query, int parameterCount, ParameterTypes parameters) {
    QueryCompiler compiler = new QueryCompiler(schema, parameters);
    ExprTranslator translator = new ExprTranslator(compiler.rexBuilder(), parameterCount);
    SystemTime time = SystemTime.takeOut(query.query());
    List<String> before = ColumnNames.before(time.query());
    SqlNode valid = compiler.validate(time.query());
    RelRoot root = compiler.convert(valid);
    List<String> names = ColumnNames.of(valid, before, root.validatedRowType.getFieldNames());
    PhysicalPlan plan =
        Renaming.columns(
            new PlanBuilder(translator, parameters).build(compiler.optimise(root)), names);
    if (query.forUpdate()) {
      plan = RowLocks.lockAll(plan);
    }
    AsOf asOf = asOf(time, parameters, parameterCount);
    return new PlannedStatement(
        PlannedStatement.Kind.SELECT,
        plan,
        allTypes(parameters, parameterCount),
        catalog.version(),
        true,
        query.forUpdate(),
        asOf);
  }

  private @Nullable AsOf asOf(
      @Nullable SystemTime time, ParameterTypes parameters, int parameterCount) {
    SqlNode moment = time == null ? null : time.moment();
    return time == null || moment == null
        ? null
        : new AsOf(
            new DmlPlanner(catalog, schema, parameters, parameterCount).expression(moment),
            time.atLeast());
  }

  /**
   * What AS OF SYSTEM TIME of BEGIN says.
   *
   * @param moment without parameters
   */
  public AsOf asOf(String sql, SqlNode moment) {
    ParameterTypes parameters = new ParameterTypes(List.of());
    try {
      AsOf asOf = asOf(SystemTime.of(moment), parameters, 0);
      if (asOf == null || !parameters.all().isEmpty()) {
        throw new MeridianException(
            ErrorCode.FEATURE_NOT_SUPPORTED, "the time of a transaction must be a constant");
      }
      return asOf;
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      throw CalciteErrors.explain(sql, e);
    }
  }

  private PlannedStatement dml(Statement.Dml dml, int parameterCount, ParameterTypes parameters) {
    DmlPlanner planner = new DmlPlanner(catalog, schema, parameters, parameterCount);
    DmlPlanner.Result result = planner.plan(dml);
    return new PlannedStatement(
        result.kind(),
        result.plan(),
        allTypes(parameters, parameterCount),
        catalog.version(),
        dml.returning() != null,
        true,
        null);
  }

  private static List<SqlType> allTypes(ParameterTypes parameters, int parameterCount) {
    for (int i = 0; i < parameterCount; i++) {
      parameters.resolve(i, null);
    }
    return parameters.all();
  }

  /**
   * The expression of a column's DEFAULT: a constant, or one that the session gives a value such as
   * {@code now()}.
   *
   * @throws MeridianException for columns, subqueries, parameters, or a value that the type cannot
   *     take
   */
  public Expr defaultValue(String sql, SqlNode value, SqlType type) {
    return alone(sql, value, type, "the default value");
  }

  /**
   * The value of a constant argument in a procedure's type.
   *
   * @param what how errors call it
   * @throws MeridianException for anything but a constant, or a value that the type cannot take
   */
  public @Nullable Object argument(String sql, SqlNode value, SqlType type, String what) {
    if (alone(sql, value, type, what) instanceof Expr.Literal literal) {
      return literal.value();
    }
    throw new MeridianException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " must be a constant");
  }

  private Expr alone(String sql, SqlNode value, SqlType type, String what) {
    ParameterTypes parameters = new ParameterTypes(List.of());
    try {
      Expr expr =
          new DmlPlanner(catalog, schema, parameters, Assignments.STORED_CONTEXT_BASE)
              .expression(value);
      if (!parameters.all().isEmpty()) {
        throw new MeridianException(
            ErrorCode.INVALID_TABLE_DEFINITION, what + " cannot have parameters");
      }
      Expr assigned = Assignments.assign(expr, type, what, value);
      return Exprs.isConstant(assigned)
          ? new Expr.Literal(Evaluator.compile(assigned).eval(new Object[0]), type)
          : assigned;
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      throw CalciteErrors.explain(sql, e);
    }
  }
}
