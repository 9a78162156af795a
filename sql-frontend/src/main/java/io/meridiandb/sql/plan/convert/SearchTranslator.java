package io.meridiandb.sql.plan.convert;

import com.google.common.collect.BoundType;
import com.google.common.collect.Range;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.calcite.RelTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUnknownAs;
import org.apache.calcite.util.Sarg;

/**
 * Calcite's search arguments (sets of ranges, made of IN, BETWEEN and chains of OR) to lists and
 * comparisons.
 */
final class SearchTranslator {
  private final ExprTranslator translator;

  SearchTranslator(ExprTranslator translator) {
    this.translator = translator;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  Expr translate(RexCall call) {
    RexNode operand = call.operands.get(0);
    RexLiteral literal = (RexLiteral) call.operands.get(1);
    Sarg<? extends Comparable> sarg = (Sarg<? extends Comparable>) literal.getValue();
    if (sarg == null) {
      return Exprs.literal(null, SqlType.BOOLEAN);
    }
    Expr value = translator.translate(operand);
    SqlType type = RelTypes.toSql(literal.getType());
    Expr found;
    if (sarg.isComplementedPoints()) {
      found = Exprs.predicate(ScalarFunction.NOT, points(value, sarg.negate(), type));
    } else {
      found = ranges(value, sarg, type);
    }
    if (sarg.nullAs == RexUnknownAs.TRUE) {
      return or(List.of(Exprs.predicate(ScalarFunction.IS_NULL, value), found));
    }
    return sarg.nullAs == RexUnknownAs.FALSE
        ? and(List.of(Exprs.predicate(ScalarFunction.IS_NOT_NULL, value), found))
        : found;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Expr ranges(Expr value, Sarg<? extends Comparable> sarg, SqlType type) {
    List<Expr> alternatives = new ArrayList<>();
    List<Expr> points = new ArrayList<>();
    for (Range<? extends Comparable> range :
        (Iterable<Range<? extends Comparable>>) (Iterable) sarg.rangeSet.asRanges()) {
      if (isPoint(range)) {
        points.add(literal(range.lowerEndpoint(), type));
      } else {
        alternatives.add(range(value, range, type));
      }
    }
    if (!points.isEmpty()) {
      alternatives.addFirst(in(value, points));
    }
    return alternatives.isEmpty() ? Exprs.FALSE : or(alternatives);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Expr points(Expr value, Sarg<? extends Comparable> sarg, SqlType type) {
    List<Expr> points = new ArrayList<>();
    for (Range<? extends Comparable> range :
        (Iterable<Range<? extends Comparable>>) (Iterable) sarg.rangeSet.asRanges()) {
      points.add(literal(range.lowerEndpoint(), type));
    }
    return in(value, points);
  }

  private static Expr in(Expr value, List<Expr> points) {
    if (points.size() == 1) {
      return Exprs.equal(value, points.getFirst());
    }
    List<Expr> arguments = new ArrayList<>();
    arguments.add(value);
    arguments.addAll(points);
    return new Expr.Call(ScalarFunction.IN, arguments, SqlType.BOOLEAN);
  }

  @SuppressWarnings("rawtypes")
  private static Expr range(Expr value, Range<? extends Comparable> range, SqlType type) {
    List<Expr> bounds = new ArrayList<>();
    if (range.hasLowerBound()) {
      bounds.add(
          Exprs.predicate(
              range.lowerBoundType() == BoundType.CLOSED ? ScalarFunction.GE : ScalarFunction.GT,
              value,
              literal(range.lowerEndpoint(), type)));
    }
    if (range.hasUpperBound()) {
      bounds.add(
          Exprs.predicate(
              range.upperBoundType() == BoundType.CLOSED ? ScalarFunction.LE : ScalarFunction.LT,
              value,
              literal(range.upperEndpoint(), type)));
    }
    return bounds.isEmpty() ? Exprs.predicate(ScalarFunction.IS_NOT_NULL, value) : and(bounds);
  }

  @SuppressWarnings("rawtypes")
  private static boolean isPoint(Range<? extends Comparable> range) {
    return range.hasLowerBound()
        && range.hasUpperBound()
        && range.lowerEndpoint().equals(range.upperEndpoint());
  }

  private static Expr literal(Object value, SqlType type) {
    return new Expr.Literal(
        Literals.value(value, type), type.kind() == SqlType.Kind.NUMERIC ? SqlType.NUMERIC : type);
  }

  private static Expr and(List<Expr> parts) {
    return parts.size() == 1
        ? parts.getFirst()
        : new Expr.Call(ScalarFunction.AND, parts, SqlType.BOOLEAN);
  }

  private static Expr or(List<Expr> parts) {
    return parts.size() == 1
        ? parts.getFirst()
        : new Expr.Call(ScalarFunction.OR, parts, SqlType.BOOLEAN);
  }
}
