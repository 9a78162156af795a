package io.meridiandb.sql.parser;

import io.meridiandb.sql.parser.Token.Kind;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a statement into tokens in one pass, a few microseconds for an ordinary statement. It
 * serves what must come before the grammar: the limits, the plan cache's fingerprint, and error
 * texts.
 */
public final class SqlLexer {
  private static final String OPERATOR_CHARACTERS = "+-*/<>=~!@#%^&|`:";

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SqlLexer(String sql) {
    this.sql = sql;
  }

  /**
   * The tokens of {@code sql}; white space and comments are left out.
   *
   * @throws MeridianException SYNTAX_ERROR with a position for a string, name or comment without
   *     end
   */
  public static List<Token> tokens(String sql) {
    SqlLexer lexer = new SqlLexer(sql);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '-' && next() == '-') {
        skipLine();
      } else if (c == '/' && next() == '*') {
        skipComment();
      } else if (c == '\'') {
        string(Kind.STRING, at, false);
      } else if (c == '"') {
        quotedName();
      } else if (isDigit(c) || (c == '.' && isDigit(next()))) {
        number();
      } else if (c == '$' && isDigit(next())) {
        parameter();
      } else if (c == '?') {
        add(Kind.PARAMETER, at, at + 1);
      } else if (isNameStart(c)) {
        word();
      } else if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
        operator();
      } else {
        add(Kind.PUNCTUATION, at, at + 1);
      }
    }
  }

  private void add(Kind kind, int start, int end) {
    tokens.add(new Token(kind, start, end));
    at = end;
  }

  private char next() {
    return at + 1 < sql.length() ? sql.charAt(at + 1) : 0;
  }

  private void skipLine() {
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at++;
    }
  }

  private void skipComment() {
    int end = sql.indexOf("*/", at + 2);
    if (end < 0) {
      throw unterminated("comment", at);
    }
    at = end + 2;
  }

  private void string(Kind kind, int start, boolean backslashes) {
    int i = at + 1;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      if (c == '\\' && backslashes) {
        i += 2;
      } else if (c != '\'') {
        i++;
      } else if (i + 1 < sql.length() && sql.charAt(i + 1) == '\'') {
        i += 2;
      } else {
        add(kind, start, i + 1);
        return;
      }
    }
    throw unterminated("string", start);
  }

  private void quotedName() {
    int i = at + 1;
    while (i < sql.length()) {
      if (sql.charAt(i) != '"') {
        i++;
      } else if (i + 1 < sql.length() && sql.charAt(i + 1) == '"') {
        i += 2;
      } else {
        add(Kind.QUOTED_NAME, at, i + 1);
        return;
      }
    }
    throw unterminated("quoted name", at);
  }

  private void number() {
    int i = at;
    while (i < sql.length() && isDigit(sql.charAt(i))) {
      i++;
    }
    if (i < sql.length() && sql.charAt(i) == '.') {
      i++;
      while (i < sql.length() && isDigit(sql.charAt(i))) {
        i++;
      }
    }
    if (i < sql.length() && (sql.charAt(i) == 'e' || sql.charAt(i) == 'E')) {
      int exponent = i + 1;
      if (exponent < sql.length() && (sql.charAt(exponent) == '+' || sql.charAt(exponent) == '-')) {
        exponent++;
      }
      if (exponent < sql.length() && isDigit(sql.charAt(exponent))) {
        i = exponent;
        while (i < sql.length() && isDigit(sql.charAt(i))) {
          i++;
        }
      }
    }
    add(Kind.NUMBER, at, i);
  }

  private void parameter() {
    int i = at + 1;
    while (i < sql.length() && isDigit(sql.charAt(i))) {
      i++;
    }
    add(Kind.PARAMETER, at, i);
  }

  private void word() {
    int start = at;
    int i = at;
    while (i < sql.length() && isNamePart(sql.charAt(i))) {
      i++;
    }
    if (i < sql.length() && sql.charAt(i) == '\'' && i - start == 1) {
      char prefix = sql.charAt(start);
      if ("eExXbBnN".indexOf(prefix) >= 0) {
        at = i;
        string(Kind.PREFIXED_STRING, start, prefix == 'e' || prefix == 'E');
        return;
      }
    }
    add(Kind.WORD, start, i);
  }

  private void operator() {
    int i = at + 1;
    while (i < sql.length()
        && OPERATOR_CHARACTERS.indexOf(sql.charAt(i)) >= 0
        && isOperatorPair(sql.charAt(i - 1), sql.charAt(i))) {
      i++;
    }
    add(Kind.OPERATOR, at, i);
  }

  /** Whether two operator characters belong to one operator: {@code =-1} is two. */
  private static boolean isOperatorPair(char first, char second) {
    return switch (second) {
      case '=' -> first == '<' || first == '>' || first == '!' || first == ':';
      case '>' -> first == '<' || first == '=' || first == '-' || first == '>';
      case '|' -> first == '|';
      case ':' -> first == ':';
      default -> false;
    };
  }

  private MeridianException unterminated(String what, int start) {
    return new MeridianException(
            ErrorCode.SYNTAX_ERROR, "unterminated " + what + ": its end is missing")
        .at(Positions.ofOffset(sql, start));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return c == '_' || Character.isLetter(c) || c >= 0x80;
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c) || c == '$';
  }
}
