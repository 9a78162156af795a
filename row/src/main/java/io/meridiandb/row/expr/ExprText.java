package io.meridiandb.row.expr;

import java.util.List;
import java.util.stream.Collectors;

/** Expressions as text that reads like SQL, for EXPLAIN. */
public final class ExprText {
  private final List<String> columns;

  private ExprText(List<String> columns) {
    this.columns = columns;
  }

  /**
   * The text of an expression.
   *
   * @param columns the names of the input's columns
   */
  public static String of(Expr expr, List<String> columns) {
    return new ExprText(columns).text(expr, false);
  }

  /** The texts of several expressions, with commas between. */
  public static String of(List<? extends Expr> exprs, List<String> columns) {
    return exprs.stream().map(expr -> of(expr, columns)).collect(Collectors.joining(", "));
  }

  private String text(Expr expr, boolean nested) {
    return switch (expr) {
      case Expr.Literal literal -> ValueText.literal(literal.value(), literal.type());
      case Expr.Column column ->
          column.index() < columns.size() ? columns.get(column.index()) : "#" + column.index();
      case Expr.Parameter parameter -> "$" + (parameter.index() + 1);
      case Expr.Call call -> text(call, nested);
    };
  }

  private String text(Expr.Call call, boolean nested) {
    String sql = call.function().sql();
    List<Expr> arguments = call.arguments();
    return switch (call.function().form()) {
      case INFIX -> {
        String text = joined(arguments, " " + sql + " ", true);
        yield nested ? "(" + text + ")" : text;
      }
      case PREFIX ->
          sql + (Character.isLetter(sql.charAt(0)) ? " " : "") + text(arguments.getFirst(), true);
      case POSTFIX -> text(arguments.getFirst(), true) + " " + sql;
      case CALL -> sql + "(" + joined(arguments, ", ", false) + ")";
      case SPECIAL -> special(call);
    };
  }

  private String joined(List<Expr> arguments, String separator, boolean nested) {
    return arguments.stream()
        .map(argument -> text(argument, nested))
        .collect(Collectors.joining(separator));
  }

  private String special(Expr.Call call) {
    List<Expr> arguments = call.arguments();
    Expr first = arguments.getFirst();
    return switch (call.function()) {
      case CAST -> "CAST(" + text(first, false) + " AS " + call.type().sqlName() + ")";
      case IN ->
          text(first, true)
              + " IN ("
              + joined(arguments.subList(1, arguments.size()), ", ", false)
              + ")";
      default -> {
        StringBuilder out = new StringBuilder("CASE");
        for (int i = 0; i + 1 < arguments.size(); i += 2) {
          out.append(" WHEN ").append(text(arguments.get(i), false));
          out.append(" THEN ").append(text(arguments.get(i + 1), false));
        }
        yield out.append(" ELSE ")
            .append(text(arguments.getLast(), false))
            .append(" END")
            .toString();
      }
    };
  }
}
