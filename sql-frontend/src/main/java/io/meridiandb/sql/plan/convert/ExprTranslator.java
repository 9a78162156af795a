package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.calcite.Functions;
import io.meridiandb.sql.plan.calcite.RelTypes;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Calcite's row expressions to {@link Expr}. What has no counterpart is refused by name, so that a
 * statement never runs with another meaning than it has.
 */
public final class ExprTranslator {
  private final RexBuilder rexBuilder;
  private final int parameterCount;

  /**
   * A translator of one statement.
   *
   * @param parameterCount how many parameters the user gives; those that the session gives (such as
   *     {@code now()}) are numbered behind them, by {@link Functions.Context}
   */
  public ExprTranslator(RexBuilder rexBuilder, int parameterCount) {
    this.rexBuilder = rexBuilder;
    this.parameterCount = parameterCount;
  }

  /** Calcite's factory of expressions, for those who build on. */
  RexBuilder rexBuilder() {
    return rexBuilder;
  }

  /** A value that the session gives. */
  public Expr context(Functions.Context context) {
    SqlType type = context == Functions.Context.NOW ? SqlType.TIMESTAMPTZ : SqlType.TEXT;
    return new Expr.Parameter(parameterCount + context.ordinal(), type);
  }

  /** All of several. */
  public List<Expr> translateAll(List<? extends RexNode> nodes) {
    List<Expr> exprs = new ArrayList<>(nodes.size());
    for (RexNode node : nodes) {
      exprs.add(translate(node));
    }
    return exprs;
  }

  /**
   * One expression.
   *
   * @throws MeridianException FEATURE_NOT_SUPPORTED for a function or operator that cannot be run
   */
  public Expr translate(RexNode node) {
    return switch (node) {
      case RexInputRef ref -> new Expr.Column(ref.getIndex(), RelTypes.toSql(ref.getType()));
      case RexDynamicParam parameter ->
          new Expr.Parameter(parameter.getIndex(), RelTypes.toSql(parameter.getType()));
      case RexLiteral literal -> Literals.translate(literal);
      case RexCall call -> call(call);
      default ->
          throw unsupported("this form of expression (" + node.getClass().getSimpleName() + ")");
    };
  }

  private Expr call(RexCall call) {
    return switch (call.getKind()) {
      case AND -> nary(ScalarFunction.AND, call);
      case OR -> or(call);
      case NOT -> predicate(ScalarFunction.NOT, call);
      case IS_NULL, IS_UNKNOWN -> predicate(ScalarFunction.IS_NULL, call);
      case IS_NOT_NULL -> notNull(call);
      case IS_TRUE -> predicate(ScalarFunction.IS_TRUE, call);
      case IS_NOT_TRUE -> predicate(ScalarFunction.IS_NOT_TRUE, call);
      case IS_FALSE -> predicate(ScalarFunction.IS_FALSE, call);
      case IS_NOT_FALSE -> predicate(ScalarFunction.IS_NOT_FALSE, call);
      case IS_DISTINCT_FROM -> predicate(ScalarFunction.IS_DISTINCT_FROM, call);
      case IS_NOT_DISTINCT_FROM -> predicate(ScalarFunction.IS_NOT_DISTINCT_FROM, call);
      case EQUALS -> comparison(ScalarFunction.EQ, call);
      case NOT_EQUALS -> comparison(ScalarFunction.NE, call);
      case LESS_THAN -> comparison(ScalarFunction.LT, call);
      case LESS_THAN_OR_EQUAL -> comparison(ScalarFunction.LE, call);
      case GREATER_THAN -> comparison(ScalarFunction.GT, call);
      case GREATER_THAN_OR_EQUAL -> comparison(ScalarFunction.GE, call);
      case SEARCH -> new SearchTranslator(this).translate(call);
      case CASE -> caseOf(call);
      case CAST -> cast(call);
      case COALESCE -> typed(ScalarFunction.COALESCE, call);
      case GREATEST, GREATEST_PG -> typed(ScalarFunction.GREATEST, call);
      case LEAST, LEAST_PG -> typed(ScalarFunction.LEAST, call);
      case PLUS, MINUS, TIMES, CHECKED_PLUS, CHECKED_MINUS, CHECKED_TIMES ->
          new ArithmeticTranslator(this).translate(call);
      case DIVIDE, CHECKED_DIVIDE -> typed(ScalarFunction.DIVIDE, call);
      case MOD -> typed(ScalarFunction.MOD, call);
      case MINUS_PREFIX, CHECKED_MINUS_PREFIX -> typed(ScalarFunction.NEGATE, call);
      case PLUS_PREFIX -> translate(call.operands.getFirst());
      case LIKE -> like(call);
      case EXTRACT -> typed(ScalarFunction.EXTRACT, call);
      case FLOOR -> rounding(ScalarFunction.FLOOR, call);
      case CEIL -> rounding(ScalarFunction.CEIL, call);
      case POSITION -> typed(ScalarFunction.POSITION, call);
      case TRIM -> trim(call);
      case REINTERPRET -> translate(call.operands.getFirst());
      default -> byName(call);
    };
  }

  private Expr byName(RexCall call) {
    String name = call.getOperator().getName().toLowerCase(Locale.ROOT);
    Functions.Context context = Functions.contextOf(name);
    if (context != null) {
      return Exprs.cast(context(context), RelTypes.toSql(call.getType()));
    }
    ScalarFunction function = Functions.scalar(name);
    if (name.equals("strpos")) {
      return Exprs.call(
          ScalarFunction.POSITION,
          SqlType.INTEGER,
          translate(call.operands.get(1)),
          translate(call.operands.get(0)));
    }
    if (function != null) {
      return typed(function, call);
    }
    return switch (name) {
      case "||" -> typed(ScalarFunction.CONCAT, call);
      case "lower" -> typed(ScalarFunction.LOWER, call);
      case "upper" -> typed(ScalarFunction.UPPER, call);
      case "char_length", "character_length" -> typed(ScalarFunction.LENGTH, call);
      case "substring" -> typed(ScalarFunction.SUBSTRING, call);
      case "abs" -> typed(ScalarFunction.ABS, call);
      case "mod" -> typed(ScalarFunction.MOD, call);
      case "nullif" -> typed(ScalarFunction.NULLIF, call);
      case "datetime_plus", "timestamp_add" -> new ArithmeticTranslator(this).translate(call);
      case "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp" ->
          Exprs.cast(context(Functions.Context.NOW), RelTypes.toSql(call.getType()));
      case "current_user", "session_user", "user", "system_user" -> context(Functions.Context.USER);
      case "current_catalog" -> context(Functions.Context.DATABASE);
      case "overlay" -> overlay(call);
      default -> throw unsupported("the function " + call.getOperator().getName());
    };
  }

  static MeridianException unsupported(String what) {
    return new MeridianException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported yet");
  }

  /** A call in Calcite's type; the unconstrained NUMERIC for every computed NUMERIC. */
  Expr typed(ScalarFunction function, RexCall call) {
    return new Expr.Call(function, translateAll(call.operands), computedType(call.getType()));
  }

  /** Scales that Calcite computes for results mean nothing: PostgreSQL keeps all digits. */
  static SqlType computedType(RelDataType type) {
    return type.getSqlTypeName() == SqlTypeName.DECIMAL ? SqlType.NUMERIC : RelTypes.toSql(type);
  }

  private Expr predicate(ScalarFunction function, RexCall call) {
    return new Expr.Call(function, translateAll(call.operands), SqlType.BOOLEAN);
  }

  private Expr nary(ScalarFunction function, RexCall call) {
    return predicate(function, call);
  }

  /** {@code x = 1 OR x = 2} is a list, from which key ranges can be made. */
  private Expr or(RexCall call) {
    List<Expr> alternatives = translateAll(call.operands);
    List<Expr> list = new ArrayList<>();
    for (Expr alternative : alternatives) {
      if (!(alternative instanceof Expr.Call equal)
          || equal.function() != ScalarFunction.EQ
          || AccessPaths.hasColumns(equal.arguments().get(1))) {
        return new Expr.Call(ScalarFunction.OR, alternatives, SqlType.BOOLEAN);
      }
      if (list.isEmpty()) {
        list.add(equal.arguments().get(0));
      } else if (!list.getFirst().equals(equal.arguments().get(0))) {
        return new Expr.Call(ScalarFunction.OR, alternatives, SqlType.BOOLEAN);
      }
      list.add(equal.arguments().get(1));
    }
    return new Expr.Call(ScalarFunction.IN, list, SqlType.BOOLEAN);
  }

  private Expr notNull(RexCall call) {
    return predicate(ScalarFunction.IS_NOT_NULL, call);
  }

  private Expr comparison(ScalarFunction function, RexCall call) {
    RexNode left = call.operands.get(0);
    RexNode right = call.operands.get(1);
    if (SqlTypeUtil.isInterval(left.getType()) || SqlTypeUtil.isInterval(right.getType())) {
      throw unsupported("the comparison of intervals");
    }
    if (left instanceof RexCall row && row.getKind() == SqlKind.ROW) {
      return rowComparison(function, row, right);
    }
    return new Expr.Call(function, List.of(translate(left), translate(right)), SqlType.BOOLEAN);
  }

  private Expr rowComparison(ScalarFunction function, RexCall left, RexNode right) {
    if (function != ScalarFunction.EQ
        || !(right instanceof RexCall row)
        || row.getKind() != SqlKind.ROW
        || row.operands.size() != left.operands.size()) {
      throw unsupported("this comparison of rows");
    }
    List<Expr> parts = new ArrayList<>();
    for (int i = 0; i < left.operands.size(); i++) {
      parts.add(Exprs.equal(translate(left.operands.get(i)), translate(row.operands.get(i))));
    }
    Expr all = Exprs.and(parts);
    return all == null ? Exprs.TRUE : all;
  }

  private Expr caseOf(RexCall call) {
    SqlType type = computedType(call.getType());
    List<Expr> arguments = new ArrayList<>();
    int last = call.operands.size() - 1;
    for (int i = 0; i < call.operands.size(); i++) {
      Expr argument = translate(call.operands.get(i));
      boolean isValue = i == last || i % 2 == 1;
      arguments.add(isValue ? withKind(argument, type) : argument);
    }
    return new Expr.Call(ScalarFunction.CASE, arguments, type);
  }

  /** Casts only where the kind differs: a NUMERIC keeps its own scale. */
  private static Expr withKind(Expr argument, SqlType type) {
    return argument.type().kind() == type.kind() ? argument : Exprs.cast(argument, type);
  }

  private Expr cast(RexCall call) {
    RexNode operand = call.operands.getFirst();
    if (SqlTypeUtil.isInterval(call.getType()) || SqlTypeUtil.isInterval(operand.getType())) {
      throw unsupported("the cast of or to an interval");
    }
    Expr argument = translate(operand);
    SqlType type = RelTypes.toSql(call.getType());
    boolean sameKind = argument.type().kind() == type.kind();
    boolean widensOnly = sameKind && type.precision() == 0;
    return widensOnly || (sameKind && operand.getType().getSqlTypeName() != SqlTypeName.DECIMAL)
        ? argument
        : Exprs.cast(argument, type);
  }

  private Expr like(RexCall call) {
    boolean ignoreCase = call.getOperator().getName().toUpperCase(Locale.ROOT).contains("ILIKE");
    Expr like = predicate(ignoreCase ? ScalarFunction.ILIKE : ScalarFunction.LIKE, call);
    boolean negated = call.getOperator().getName().toUpperCase(Locale.ROOT).startsWith("NOT");
    return negated ? Exprs.predicate(ScalarFunction.NOT, like) : like;
  }

  private Expr rounding(ScalarFunction function, RexCall call) {
    if (call.operands.size() != 1) {
      throw unsupported("FLOOR and CEIL of a time");
    }
    return typed(function, call);
  }

  private Expr trim(RexCall call) {
    String side = String.valueOf(((RexLiteral) call.operands.get(0)).getValue());
    ScalarFunction function =
        switch (side) {
          case "LEADING" -> ScalarFunction.TRIM_LEADING;
          case "TRAILING" -> ScalarFunction.TRIM_TRAILING;
          default -> ScalarFunction.TRIM_BOTH;
        };
    return Exprs.call(
        function, SqlType.TEXT, translate(call.operands.get(2)), translate(call.operands.get(1)));
  }

  /** overlay(a placing b from c for d) is substring(a,1,c-1) || b || substring(a,c+d). */
  private Expr overlay(RexCall call) {
    Expr value = translate(call.operands.get(0));
    Expr insert = translate(call.operands.get(1));
    Expr start = Exprs.cast(translate(call.operands.get(2)), SqlType.INTEGER);
    Expr length =
        call.operands.size() > 3
            ? Exprs.cast(translate(call.operands.get(3)), SqlType.INTEGER)
            : Exprs.call(ScalarFunction.LENGTH, SqlType.INTEGER, insert);
    Expr one = Exprs.literal(1L, SqlType.INTEGER);
    Expr before = Exprs.call(ScalarFunction.SUBTRACT, SqlType.INTEGER, start, one);
    Expr after = Exprs.call(ScalarFunction.ADD, SqlType.INTEGER, start, length);
    Expr head = Exprs.call(ScalarFunction.SUBSTRING, SqlType.TEXT, value, one, before);
    Expr tail = Exprs.call(ScalarFunction.SUBSTRING, SqlType.TEXT, value, after);
    return Exprs.call(
        ScalarFunction.CONCAT,
        SqlType.TEXT,
        Exprs.call(ScalarFunction.CONCAT, SqlType.TEXT, head, insert),
        tail);
  }

  /** The expression, or null for null. */
  public @Nullable Expr translateNullable(@Nullable RexNode node) {
    return node == null ? null : translate(node);
  }
}
