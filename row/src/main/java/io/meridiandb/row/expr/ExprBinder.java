package io.meridiandb.row.expr;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the values of parameters into expressions. Expressions without any come back unchanged. */
public final class ExprBinder {
  private final @Nullable Object[] parameters;

  /**
   * A binder of these values.
   *
   * @param parameters the value of each parameter, of the type that the statement's plan gives it
   */
  public ExprBinder(@Nullable Object... parameters) {
    this.parameters = parameters;
  }

  /**
   * The expression with values for its parameters.
   *
   * @throws MeridianException UNDEFINED_PARAMETER if there is none for one of them
   */
  public Expr bind(Expr expr) {
    return rewrite(
        expr, leaf -> leaf instanceof Expr.Parameter parameter ? value(parameter) : leaf);
  }

  /** As {@link #bind(Expr)}, for an expression that may be missing. */
  public @Nullable Expr bindNullable(@Nullable Expr expr) {
    return expr == null ? null : bind(expr);
  }

  /** As {@link #bind(Expr)}, for each of several. */
  public List<Expr> bindAll(List<Expr> exprs) {
    return rewriteAll(exprs, this::bind);
  }

  private Expr value(Expr.Parameter parameter) {
    if (parameter.index() >= parameters.length) {
      throw new MeridianException(
          ErrorCode.UNDEFINED_PARAMETER,
          "there is no value for parameter $%d".formatted(parameter.index() + 1));
    }
    return new Expr.Literal(parameters[parameter.index()], parameter.type());
  }

  /** The expression with each of its leaves (all but calls) replaced; itself if none changes. */
  static Expr rewrite(Expr expr, Function<Expr, Expr> leaves) {
    if (!(expr instanceof Expr.Call call)) {
      return leaves.apply(expr);
    }
    List<Expr> arguments = rewriteAll(call.arguments(), argument -> rewrite(argument, leaves));
    return arguments.equals(call.arguments())
        ? call
        : new Expr.Call(call.function(), arguments, call.type());
  }

  private static List<Expr> rewriteAll(List<Expr> exprs, Function<Expr, Expr> rewriting) {
    List<Expr> rewritten = new ArrayList<>(exprs.size());
    boolean changed = false;
    for (Expr expr : exprs) {
      Expr next = rewriting.apply(expr);
      changed |= !next.equals(expr);
      rewritten.add(next);
    }
    return changed ? rewritten : exprs;
  }
}
