package io.meridiandb.sql.parser;

import io.meridiandb.sql.parser.Token.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The limits of a statement, checked on its tokens before any recursive code sees it.
 *
 * <p>The depth that is measured is that of the syntax tree: a parenthesis, a CASE and a prefix
 * operator each add one, and so does each operator of a chain, since {@code a OR b OR c} becomes
 * {@code ((a OR b) OR c)}. Lists between commas add nothing.
 */
public final class StatementLimits {
  /** Longest statement, in bytes of UTF-8. */
  public static final int STATEMENT_BYTES_MAX = 1 << 20;

  /** Deepest syntax tree. */
  public static final int DEPTH_MAX = 500;

  /** Most parameters of a statement. */
  public static final int PARAMETERS_MAX = 65_535;

  /** Longest number literal, in digits. */
  public static final int NUMBER_DIGITS_MAX = 1_000;

  /** One open nesting level and the operator chains in it. */
  private static final class Level {
    private int sets;
    private int ors;
    private int ands;
    private int others;

    private int depth() {
      return 1 + sets + ors + ands + others;
    }

    private void nextOperand(String word) {
      switch (word) {
        case "or" -> {
          ors++;
          ands = 0;
          others = 0;
        }
        case "and" -> {
          ands++;
          others = 0;
        }
        default -> {
          ors = 0;
          ands = 0;
          others = 0;
        }
      }
    }
  }

  private StatementLimits() {}

  /**
   * Refuses a statement that is too long.
   *
   * @throws MeridianException STATEMENT_TOO_COMPLEX
   */
  public static void checkLength(String sql) {
    if (sql.length() > STATEMENT_BYTES_MAX
        || (sql.length() > STATEMENT_BYTES_MAX / 3
            && sql.getBytes(StandardCharsets.UTF_8).length > STATEMENT_BYTES_MAX)) {
      throw new MeridianException(
              ErrorCode.STATEMENT_TOO_COMPLEX,
              "the statement is longer than " + STATEMENT_BYTES_MAX + " bytes")
          .withHint("Send the values as parameters, and many rows as a batch.");
    }
  }

  /**
   * Refuses a statement that is nested too deeply, or whose numbers are too long.
   *
   * @throws MeridianException STATEMENT_TOO_COMPLEX, NUMERIC_OUT_OF_RANGE or PROGRAM_LIMIT_EXCEEDED
   */
  public static void check(String sql, List<Token> tokens) {
    Deque<Level> levels = new ArrayDeque<>();
    levels.push(new Level());
    int below = 0;
    int parameters = 0;
    for (Token token : tokens) {
      Level level = levels.peek();
      if (level == null) {
        return;
      }
      if (opens(sql, token)) {
        below += level.depth();
        levels.push(new Level());
      } else if (closes(sql, token)) {
        if (levels.size() > 1) {
          levels.pop();
          below -= levels.element().depth();
        }
      } else {
        measure(sql, token, level);
        parameters += token.kind() == Kind.PARAMETER ? 1 : 0;
        checkToken(sql, token, parameters);
      }
      if (below + levels.element().depth() > DEPTH_MAX) {
        throw tooDeep(sql, token);
      }
    }
  }

  private static boolean opens(String sql, Token token) {
    return token.is(sql, "(") || token.is(sql, "[") || token.isWord(sql, "case");
  }

  private static boolean closes(String sql, Token token) {
    return token.is(sql, ")") || token.is(sql, "]") || token.isWord(sql, "end");
  }

  private static void measure(String sql, Token token, Level level) {
    switch (token.kind()) {
      case OPERATOR -> level.others++;
      case PUNCTUATION -> {
        if (token.is(sql, ",")) {
          level.nextOperand("");
        }
      }
      case WORD -> measureWord(sql, token, level);
      default -> {}
    }
  }

  private static void measureWord(String sql, Token token, Level level) {
    if (token.isWord(sql, "or")) {
      level.nextOperand("or");
    } else if (token.isWord(sql, "and")) {
      level.nextOperand("and");
    } else if (token.isWord(sql, "not") || token.isWord(sql, "is") || token.isWord(sql, "like")) {
      level.others++;
    } else if (token.isWord(sql, "join")
        || token.isWord(sql, "union")
        || token.isWord(sql, "intersect")
        || token.isWord(sql, "except")) {
      level.sets++;
      level.nextOperand("");
    } else if (token.isWord(sql, "select")
        || token.isWord(sql, "from")
        || token.isWord(sql, "where")
        || token.isWord(sql, "when")
        || token.isWord(sql, "then")
        || token.isWord(sql, "on")) {
      level.nextOperand("");
    }
  }

  private static void checkToken(String sql, Token token, int parameters) {
    if (token.kind() == Kind.NUMBER && token.end() - token.start() > NUMBER_DIGITS_MAX) {
      throw new MeridianException(
              ErrorCode.NUMERIC_OUT_OF_RANGE,
              "a number of more than " + NUMBER_DIGITS_MAX + " digits is out of range")
          .at(Positions.ofOffset(sql, token.start()));
    }
    boolean numberTooHigh =
        token.kind() == Kind.PARAMETER
            && token.end() - token.start() > 1
            && (token.end() - token.start() > 6
                || Integer.parseInt(sql, token.start() + 1, token.end(), 10) > PARAMETERS_MAX);
    if (numberTooHigh || parameters > PARAMETERS_MAX) {
      throw new MeridianException(
              ErrorCode.PROGRAM_LIMIT_EXCEEDED,
              "a statement has at most " + PARAMETERS_MAX + " parameters")
          .at(Positions.ofOffset(sql, token.start()));
    }
  }

  private static MeridianException tooDeep(String sql, Token token) {
    return new MeridianException(
            ErrorCode.STATEMENT_TOO_COMPLEX,
            "the statement is nested deeper than " + DEPTH_MAX + " levels here")
        .withHint("Write a long chain of OR as IN (...), and split the rest.")
        .at(Positions.ofOffset(sql, token.start()));
  }

  /** The error for a statement whose tree overflowed the stack in spite of the budget. */
  public static MeridianException overflow(Throwable cause) {
    return new MeridianException(
        ErrorCode.STATEMENT_TOO_COMPLEX,
        "the statement is too complex to be planned",
        "Split it, or write a long chain of OR as IN (...).",
        0,
        cause);
  }
}
