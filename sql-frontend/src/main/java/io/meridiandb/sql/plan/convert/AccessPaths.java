package io.meridiandb.sql.plan.convert;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.KeyRangeSpec.BoundSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which key ranges hold all rows that a condition can be true for: equalities and lists on the
 * first key parts, then bounds on the next. What the ranges say exactly is taken out of the
 * condition.
 */
final class AccessPaths {
  /** More ranges than this are not worth a multi-range read: fewer key parts are used. */
  static final int RANGES_MAX = 4_096;

  private final TableDescriptor table;
  private final List<Expr> conjuncts;
  private final Set<Expr> used = new LinkedHashSet<>();

  /**
   * Ranges and what remains to be checked on their rows.
   *
   * @param ranges disjoint or equal ranges; {@link KeyRangeSpec#ALL} if nothing is known
   * @param residual the rest of the condition, in order
   */
  record Path(List<KeyRangeSpec> ranges, List<Expr> residual) {
    boolean isFullScan() {
      return ranges.size() == 1 && ranges.getFirst().equals(KeyRangeSpec.ALL);
    }
  }

  private AccessPaths(TableDescriptor table, List<Expr> conjuncts) {
    this.table = table;
    this.conjuncts = conjuncts;
  }

  /** The best ranges for these conditions, all of which must hold; over the table's columns. */
  static Path derive(TableDescriptor table, List<Expr> conjuncts) {
    Path direct = new AccessPaths(table, conjuncts).run();
    return direct.isFullScan() ? fromAlternatives(table, conjuncts) : direct;
  }

  private Path run() {
    List<List<Expr>> prefixes = new ArrayList<>();
    prefixes.add(List.of());
    BoundSpec lower = null;
    BoundSpec upper = null;
    for (KeyPart part : table.primaryKey()) {
      List<Expr> values = equalValues(part.column(), prefixes.size());
      if (values == null) {
        lower = bound(part.column(), ScalarFunction.GT, ScalarFunction.GE);
        upper = bound(part.column(), ScalarFunction.LT, ScalarFunction.LE);
        if (lower == null && upper == null) {
          BoundSpec[] like = likePrefix(part.column());
          lower = like == null ? null : like[0];
          upper = like == null ? null : like[1];
        }
        break;
      }
      prefixes = extend(prefixes, values);
    }
    List<KeyRangeSpec> ranges = new ArrayList<>();
    for (List<Expr> prefix : prefixes) {
      ranges.add(new KeyRangeSpec(prefix, lower, upper));
    }
    return new Path(
        ranges, conjuncts.stream().filter(conjunct -> !used.contains(conjunct)).toList());
  }

  private static List<List<Expr>> extend(List<List<Expr>> prefixes, List<Expr> values) {
    List<List<Expr>> extended = new ArrayList<>();
    for (List<Expr> prefix : prefixes) {
      for (Expr value : values) {
        List<Expr> longer = new ArrayList<>(prefix);
        longer.add(value);
        extended.add(longer);
      }
    }
    return extended;
  }

  /** What a column is equal to: one value, several for a list, null if nothing says it. */
  private @Nullable List<Expr> equalValues(int column, int prefixes) {
    for (Expr conjunct : conjuncts) {
      if (conjunct instanceof Expr.Call call && call.function() == ScalarFunction.EQ) {
        Expr value = comparedWith(call, column);
        if (value != null) {
          used.add(conjunct);
          return List.of(value);
        }
      }
    }
    for (Expr conjunct : conjuncts) {
      if (conjunct instanceof Expr.Call call
          && call.function() == ScalarFunction.IN
          && isColumn(call.arguments().getFirst(), column)
          && (long) prefixes * call.arguments().size() <= RANGES_MAX) {
        List<Expr> values = listValues(call, column);
        if (values != null) {
          used.add(conjunct);
          return values;
        }
      }
    }
    return null;
  }

  private @Nullable List<Expr> listValues(Expr.Call in, int column) {
    Set<Expr> values = new LinkedHashSet<>();
    for (Expr argument : in.arguments().subList(1, in.arguments().size())) {
      Expr value = keyValue(argument, column);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return List.copyOf(values);
  }

  private @Nullable Expr comparedWith(Expr.Call comparison, int column) {
    Expr left = comparison.arguments().get(0);
    Expr right = comparison.arguments().get(1);
    if (isColumn(left, column)) {
      return keyValue(right, column);
    }
    return isColumn(right, column) ? keyValue(left, column) : null;
  }

  private @Nullable BoundSpec bound(
      int column, ScalarFunction exclusive, ScalarFunction inclusive) {
    for (Expr conjunct : conjuncts) {
      if (conjunct instanceof Expr.Call call
          && call.arguments().size() == 2
          && !used.contains(conjunct)) {
        boolean swapped = isColumn(call.arguments().get(1), column);
        ScalarFunction function = swapped ? mirrored(call.function()) : call.function();
        if (function == exclusive || function == inclusive) {
          Expr value = comparedWith(call, column);
          if (value != null) {
            used.add(conjunct);
            return new BoundSpec(value, function == inclusive);
          }
        }
      }
    }
    return null;
  }

  private static ScalarFunction mirrored(ScalarFunction function) {
    return switch (function) {
      case LT -> ScalarFunction.GT;
      case LE -> ScalarFunction.GE;
      case GT -> ScalarFunction.LT;
      case GE -> ScalarFunction.LE;
      default -> function;
    };
  }

  /** The texts that {@code LIKE 'abc%'} lets through begin with abc; the condition itself stays. */
  private BoundSpec @Nullable [] likePrefix(int column) {
    for (Expr conjunct : conjuncts) {
      if (conjunct instanceof Expr.Call call
          && call.function() == ScalarFunction.LIKE
          && call.arguments().size() == 2
          && isColumn(call.arguments().get(0), column)
          && call.arguments().get(1) instanceof Expr.Literal literal
          && literal.value() instanceof String pattern) {
        String prefix = literalPrefix(pattern);
        String end = prefix.isEmpty() ? null : nextText(prefix);
        if (end != null) {
          return new BoundSpec[] {
            new BoundSpec(Exprs.literal(prefix), true), new BoundSpec(Exprs.literal(end), false)
          };
        }
      }
    }
    return null;
  }

  private static String literalPrefix(String pattern) {
    int end = 0;
    while (end < pattern.length() && "%_\\".indexOf(pattern.charAt(end)) < 0) {
      end++;
    }
    return pattern.substring(0, end);
  }

  /** The smallest text above all that begin with {@code prefix}; null where that is not simple. */
  private static @Nullable String nextText(String prefix) {
    char last = prefix.charAt(prefix.length() - 1);
    return last >= 0x7f ? null : prefix.substring(0, prefix.length() - 1) + (char) (last + 1);
  }

  /** Whether the expression is this column, possibly widened to another type of whole number. */
  private static boolean isColumn(Expr expr, int column) {
    if (expr instanceof Expr.Column found) {
      return found.index() == column;
    }
    return expr instanceof Expr.Call call
        && call.function() == ScalarFunction.CAST
        && isInteger(call.type())
        && isInteger(call.arguments().getFirst().type())
        && call.type().kind().ordinal() >= call.arguments().getFirst().type().kind().ordinal()
        && isColumn(call.arguments().getFirst(), column);
  }

  /** The value in the column's type if it can be compared there without loss, otherwise null. */
  private @Nullable Expr keyValue(Expr value, int column) {
    return hasColumns(value) ? null : inKeyType(value, table.columns().get(column).type());
  }

  /** A value in a key column's type, or null if that could change what it is equal to. */
  static @Nullable Expr inKeyType(Expr value, SqlType type) {
    SqlType.Kind from = value.type().kind();
    if (from == type.kind() || (isInteger(value.type()) && isInteger(type))) {
      return value;
    }
    boolean safe =
        switch (type.kind()) {
          case NUMERIC -> isInteger(value.type());
          case DOUBLE -> isInteger(value.type()) || from == SqlType.Kind.REAL;
          case TIMESTAMP -> from == SqlType.Kind.DATE;
          case TIMESTAMPTZ -> from == SqlType.Kind.DATE || from == SqlType.Kind.TIMESTAMP;
          default -> false;
        };
    return safe ? Exprs.cast(value, SqlType.of(type.kind())) : null;
  }

  private static boolean isInteger(SqlType type) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT -> true;
      default -> false;
    };
  }

  static boolean hasColumns(Expr expr) {
    return switch (expr) {
      case Expr.Column _ -> true;
      case Expr.Call call -> call.arguments().stream().anyMatch(AccessPaths::hasColumns);
      default -> false;
    };
  }

  /** A condition of alternatives, each of which has ranges: all of them; nothing is taken out. */
  private static Path fromAlternatives(TableDescriptor table, List<Expr> conjuncts) {
    for (Expr conjunct : conjuncts) {
      if (conjunct instanceof Expr.Call or && or.function() == ScalarFunction.OR) {
        List<KeyRangeSpec> ranges = new ArrayList<>();
        boolean all = true;
        for (Expr alternative : or.arguments()) {
          Path path = new AccessPaths(table, Exprs.conjuncts(alternative)).run();
          all &= !path.isFullScan();
          ranges.addAll(path.ranges());
        }
        if (all && ranges.size() <= RANGES_MAX) {
          return new Path(ranges, conjuncts);
        }
      }
    }
    return new Path(List.of(KeyRangeSpec.ALL), conjuncts);
  }
}
