package io.meridiandb.sql.plan;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.parser.Token;
import io.meridiandb.sql.parser.Token.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement with parameters in place of its constants, so that texts which differ in constants
 * alone share one plan. Only constants that cannot change the plan's shape are taken out: those
 * compared with something, those of IN and BETWEEN, and those in the rows of VALUES. Ordinals,
 * LIMIT, LIKE patterns, intervals and the select list keep theirs.
 */
public final class Fingerprint {
  /** Statements with more constants are planned as they are. */
  static final int CONSTANTS_MAX = 1_000;

  private final String sql;
  private final List<Token> tokens;
  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();
  private final List<@Nullable SqlType> types = new ArrayList<>();
  private int copied;

  /**
   * A fingerprint.
   *
   * @param text the statement with {@code $1}, {@code $2} … for constants
   * @param values the constants
   * @param types their types; null for a string, whose type its place decides
   */
  public record Result(String text, List<Object> values, List<@Nullable SqlType> types) {}

  private Fingerprint(String sql, List<Token> tokens) {
    this.sql = sql;
    this.tokens = tokens;
  }

  /** The fingerprint of a statement, or null if nothing can be taken out. */
  public static @Nullable Result of(String sql, List<Token> tokens) {
    if (tokens.isEmpty() || !isPlannable(sql, tokens.getFirst())) {
      return null;
    }
    for (Token token : tokens) {
      if (token.kind() == Kind.PARAMETER) {
        return null;
      }
    }
    return new Fingerprint(sql, tokens).run();
  }

  private static boolean isPlannable(String sql, Token first) {
    return first.isWord(sql, "select")
        || first.isWord(sql, "insert")
        || first.isWord(sql, "update")
        || first.isWord(sql, "delete")
        || first.isWord(sql, "with");
  }

  private @Nullable Result run() {
    List<Boolean> lists = new ArrayList<>();
    boolean inValues = false;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is(sql, "(")) {
        lists.add(i > 0 && (isList(i) || (inValues && lists.isEmpty())));
      } else if (token.is(sql, ")")) {
        if (!lists.isEmpty()) {
          lists.removeLast();
        }
      } else if (token.isWord(sql, "values")) {
        inValues = tokens.getFirst().isWord(sql, "insert") && lists.isEmpty();
      } else if (isConstant(token)) {
        boolean inList = !lists.isEmpty() && lists.getLast();
        replace(i, inList);
        if (values.size() > CONSTANTS_MAX) {
          return null;
        }
      }
    }
    if (values.isEmpty()) {
      return null;
    }
    text.append(sql, copied, sql.length());
    return new Result(text.toString(), values, types);
  }

  /** Whether this parenthesis opens the list of an IN. */
  private boolean isList(int i) {
    boolean query =
        i + 1 < tokens.size()
            && (tokens.get(i + 1).isWord(sql, "select") || tokens.get(i + 1).isWord(sql, "with"));
    return tokens.get(i - 1).isWord(sql, "in") && !query;
  }

  private static boolean isConstant(Token token) {
    return token.kind() == Kind.NUMBER || token.kind() == Kind.STRING;
  }

  private void replace(int i, boolean inList) {
    Token token = tokens.get(i);
    int before = i - 1;
    boolean negative =
        token.kind() == Kind.NUMBER
            && before > 0
            && tokens.get(before).is(sql, "-")
            && isPlaceBefore(before - 1, inList);
    int start = negative ? before : i;
    if (!negative && !isPlaceBefore(before, inList)) {
      return;
    }
    if (inList && !isEndOfItem(i + 1)) {
      return;
    }
    Object value = value(token, negative);
    if (value == null) {
      return;
    }
    values.add(value);
    types.add(type(value));
    text.append(sql, copied, tokens.get(start).start()).append('$').append(values.size());
    copied = token.end();
  }

  private boolean isPlaceBefore(int index, boolean inList) {
    if (index < 0) {
      return false;
    }
    Token token = tokens.get(index);
    if (token.kind() == Kind.OPERATOR) {
      String operator = token.text(sql);
      return switch (operator) {
        case "=", "<", ">", "<=", ">=", "<>", "!=" -> true;
        default -> false;
      };
    }
    if (token.isWord(sql, "between")) {
      return true;
    }
    boolean secondOfBetween =
        token.isWord(sql, "and")
            && index >= 2
            && isConstant(tokens.get(index - 1))
            && (tokens.get(index - 2).isWord(sql, "between")
                || (index >= 3
                    && tokens.get(index - 2).is(sql, "-")
                    && tokens.get(index - 3).isWord(sql, "between")));
    return secondOfBetween || (inList && (token.is(sql, "(") || token.is(sql, ",")));
  }

  private boolean isEndOfItem(int index) {
    return index < tokens.size()
        && (tokens.get(index).is(sql, ",") || tokens.get(index).is(sql, ")"));
  }

  private @Nullable Object value(Token token, boolean negative) {
    String constant = token.text(sql);
    if (token.kind() == Kind.STRING) {
      return constant.substring(1, constant.length() - 1).replace("''", "'");
    }
    boolean whole = constant.chars().allMatch(c -> c >= '0' && c <= '9');
    if (whole && constant.length() <= 18) {
      long number = Long.parseLong(constant);
      return negative ? -number : number;
    }
    if (constant.indexOf('e') >= 0 || constant.indexOf('E') >= 0) {
      return null;
    }
    BigDecimal number = new BigDecimal(constant);
    return negative ? number.negate() : number;
  }

  private static @Nullable SqlType type(Object value) {
    return switch (value) {
      case Long number when number == number.intValue() -> SqlType.INTEGER;
      case Long _ -> SqlType.BIGINT;
      case BigDecimal _ -> SqlType.NUMERIC;
      default -> null;
    };
  }
}
