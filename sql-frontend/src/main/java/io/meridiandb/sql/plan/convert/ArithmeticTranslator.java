package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.calcite.RelTypes;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Plus, minus and times: of numbers, and of times with intervals. */
final class ArithmeticTranslator {
  private static final long MILLIS_PER_DAY = 86_400_000L;
  private static final long MICROS_PER_MILLI = 1_000L;

  private final ExprTranslator translator;

  /** An interval in the three parts that do not convert into each other. */
  private record Interval(Expr months, Expr days, Expr micros) {}

  ArithmeticTranslator(ExprTranslator translator) {
    this.translator = translator;
  }

  Expr translate(RexCall call) {
    RexNode left = call.operands.get(0);
    RexNode right = call.operands.get(1);
    boolean minus =
        call.getKind() == SqlKind.MINUS
            || call.getKind() == SqlKind.CHECKED_MINUS
            || call.getOperator().getName().equals("-");
    if (SqlTypeUtil.isInterval(right.getType()) && SqlTypeUtil.isDatetime(left.getType())) {
      return addInterval(left, right, minus, call);
    }
    if (SqlTypeUtil.isInterval(left.getType()) && SqlTypeUtil.isDatetime(right.getType())) {
      return addInterval(right, left, minus, call);
    }
    if (SqlTypeUtil.isInterval(call.getType())) {
      throw ExprTranslator.unsupported("an interval that is not added to a time");
    }
    if (left.getType().getSqlTypeName() == SqlTypeName.DATE) {
      return dates(translator.translate(left), translator.translate(right), minus);
    }
    ScalarFunction function =
        switch (call.getKind()) {
          case PLUS, CHECKED_PLUS -> ScalarFunction.ADD;
          case MINUS, CHECKED_MINUS -> ScalarFunction.SUBTRACT;
          case TIMES, CHECKED_TIMES -> ScalarFunction.MULTIPLY;
          default ->
              throw ExprTranslator.unsupported("the operator " + call.getOperator().getName());
        };
    return translator.typed(function, call);
  }

  /** A date and a number of days, or two dates. */
  private static Expr dates(Expr left, Expr right, boolean minus) {
    return right.type().kind() == SqlType.Kind.DATE
        ? Exprs.call(ScalarFunction.DAYS_BETWEEN, SqlType.INTEGER, left, right)
        : Exprs.call(ScalarFunction.ADD_DAYS, SqlType.DATE, left, signed(right, minus));
  }

  private Expr addInterval(RexNode moment, RexNode interval, boolean minus, RexCall call) {
    Interval parts = interval(interval);
    SqlType type = RelTypes.toSql(call.getType());
    SqlType computed = type.kind() == SqlType.Kind.DATE ? SqlType.TIMESTAMP : type;
    Expr sum =
        Exprs.call(
            ScalarFunction.ADD_INTERVAL,
            computed,
            translator.translate(moment),
            signed(parts.months, minus),
            signed(parts.days, minus),
            signed(parts.micros, minus));
    return Exprs.cast(sum, type);
  }

  private static Expr signed(Expr part, boolean minus) {
    if (!minus) {
      return part;
    }
    return part instanceof Expr.Literal literal && literal.value() instanceof Long number
        ? Exprs.literal(-number)
        : Exprs.call(ScalarFunction.NEGATE, SqlType.BIGINT, part);
  }

  private Interval interval(RexNode node) {
    if (node instanceof RexLiteral literal) {
      BigDecimal value = literal.getValueAs(BigDecimal.class);
      long number = value == null ? 0 : value.longValue();
      if (SqlTypeName.YEAR_INTERVAL_TYPES.contains(node.getType().getSqlTypeName())) {
        return new Interval(Exprs.literal(number), Exprs.literal(0L), Exprs.literal(0L));
      }
      return new Interval(
          Exprs.literal(0L),
          Exprs.literal(number / MILLIS_PER_DAY),
          Exprs.literal(number % MILLIS_PER_DAY * MICROS_PER_MILLI));
    }
    if (node instanceof RexCall call && call.getKind() == SqlKind.TIMES) {
      boolean first = SqlTypeUtil.isInterval(call.operands.get(0).getType());
      Interval unit = interval(call.operands.get(first ? 0 : 1));
      Expr factor =
          Exprs.cast(translator.translate(call.operands.get(first ? 1 : 0)), SqlType.BIGINT);
      return new Interval(
          times(unit.months, factor), times(unit.days, factor), times(unit.micros, factor));
    }
    throw ExprTranslator.unsupported("an interval that is not a constant or a multiple of one");
  }

  private static Expr times(Expr part, Expr factor) {
    return new Expr.Call(ScalarFunction.MULTIPLY, List.of(part, factor), SqlType.BIGINT);
  }
}
