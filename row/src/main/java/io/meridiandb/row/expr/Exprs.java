package io.meridiandb.row.expr;

import io.meridiandb.row.expr.Expr.Call;
import io.meridiandb.row.expr.Expr.Column;
import io.meridiandb.row.expr.Expr.Literal;
import io.meridiandb.row.type.SqlType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Short ways to make expressions, and questions about them. */
public final class Exprs {
  /** TRUE. */
  public static final Literal TRUE = new Literal(true, SqlType.BOOLEAN);

  /** FALSE. */
  public static final Literal FALSE = new Literal(false, SqlType.BOOLEAN);

  private Exprs() {}

  /** A constant. */
  public static Literal literal(@Nullable Object value, SqlType type) {
    return new Literal(value, type);
  }

  /** A BIGINT constant. */
  public static Literal literal(long value) {
    return new Literal(value, SqlType.BIGINT);
  }

  /** A TEXT constant. */
  public static Literal literal(String value) {
    return new Literal(value, SqlType.TEXT);
  }

  /** A column of the input. */
  public static Column column(int index, SqlType type) {
    return new Column(index, type);
  }

  /** A call. */
  public static Call call(ScalarFunction function, SqlType type, Expr... arguments) {
    return new Call(function, List.of(arguments), type);
  }

  /** A predicate. */
  public static Call predicate(ScalarFunction function, Expr... arguments) {
    return new Call(function, List.of(arguments), SqlType.BOOLEAN);
  }

  /** {@code left = right}. */
  public static Call equal(Expr left, Expr right) {
    return predicate(ScalarFunction.EQ, left, right);
  }

  /** The argument in another type. */
  public static Expr cast(Expr argument, SqlType type) {
    return argument.type().equals(type)
        ? argument
        : new Call(ScalarFunction.CAST, List.of(argument), type);
  }

  /** All of the conditions; null for none of them. */
  public static @Nullable Expr and(List<? extends Expr> conditions) {
    return switch (conditions.size()) {
      case 0 -> null;
      case 1 -> conditions.getFirst();
      default -> new Call(ScalarFunction.AND, List.copyOf(conditions), SqlType.BOOLEAN);
    };
  }

  /** The conditions of which a condition is the conjunction. */
  public static List<Expr> conjuncts(@Nullable Expr condition) {
    List<Expr> conjuncts = new ArrayList<>();
    addConjuncts(condition, conjuncts);
    return conjuncts;
  }

  private static void addConjuncts(@Nullable Expr condition, List<Expr> conjuncts) {
    if (condition instanceof Call call && call.function() == ScalarFunction.AND) {
      call.arguments().forEach(argument -> addConjuncts(argument, conjuncts));
    } else if (condition != null && !condition.equals(TRUE)) {
      conjuncts.add(condition);
    }
  }

  /** Marks the input columns that an expression reads. */
  public static void markColumns(@Nullable Expr expr, BitSet columns) {
    switch (expr) {
      case Column column -> columns.set(column.index());
      case Call call -> call.arguments().forEach(argument -> markColumns(argument, columns));
      case null, default -> {}
    }
  }

  /** Whether the value depends on no input column and no parameter. */
  public static boolean isConstant(Expr expr) {
    return switch (expr) {
      case Literal _ -> true;
      case Call call -> call.arguments().stream().allMatch(Exprs::isConstant);
      default -> false;
    };
  }

  /** The expression with each input column moved. */
  public static Expr moveColumns(Expr expr, IntUnaryOperator moving) {
    return ExprBinder.rewrite(
        expr,
        leaf ->
            leaf instanceof Column column
                ? new Column(moving.applyAsInt(column.index()), column.type())
                : leaf);
  }

  /** The expression with each input column replaced by another expression (merging projections). */
  public static Expr replaceColumns(Expr expr, List<? extends Expr> replacements) {
    return ExprBinder.rewrite(
        expr, leaf -> leaf instanceof Column column ? replacements.get(column.index()) : leaf);
  }
}
