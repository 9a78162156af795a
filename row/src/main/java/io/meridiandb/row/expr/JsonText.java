package io.meridiandb.row.expr;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;

/**
 * Checks that a text is JSON (RFC 8259). The text is kept as it was written but for white space
 * around it: operators on JSONB, and with them its canonical form, come later.
 */
final class JsonText {
  private static final int DEPTH_MAX = 500;

  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /**
   * The text without white space around it.
   *
   * @throws MeridianException INVALID_TEXT_REPRESENTATION if it is no JSON
   */
  static String normalise(String text) {
    JsonText parser = new JsonText(text);
    parser.space();
    parser.value(0);
    parser.space();
    if (parser.at < text.length()) {
      throw parser.invalid();
    }
    return text.strip();
  }

  private MeridianException invalid() {
    return new MeridianException(
        ErrorCode.INVALID_TEXT_REPRESENTATION,
        "invalid input syntax for type json at character %d".formatted(at + 1));
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw invalid();
    }
    at++;
  }

  private void space() {
    while (at < text.length() && " \t\n\r".indexOf(peek()) >= 0) {
      at++;
    }
  }

  private void value(int depth) {
    if (depth > DEPTH_MAX) {
      throw new MeridianException(
          ErrorCode.STATEMENT_TOO_COMPLEX,
          "JSON is nested more than %d levels deep".formatted(DEPTH_MAX));
    }
    switch (peek()) {
      case '{' -> members('}', depth, true);
      case '[' -> members(']', depth, false);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  private void members(char close, int depth, boolean named) {
    at++;
    space();
    if (peek() == close) {
      at++;
      return;
    }
    while (true) {
      space();
      if (named) {
        string();
        space();
        expect(':');
        space();
      }
      value(depth + 1);
      space();
      if (peek() == close) {
        at++;
        return;
      }
      expect(',');
    }
  }

  private void word(String word) {
    if (!text.startsWith(word, at)) {
      throw invalid();
    }
    at += word.length();
  }

  private void string() {
    expect('"');
    while (peek() != '"') {
      if (peek() < ' ') {
        throw invalid();
      }
      if (peek() == '\\') {
        at++;
        if (peek() == 'u') {
          for (int i = 1; i <= 4; i++) {
            if (at + i >= text.length() || Character.digit(text.charAt(at + i), 16) < 0) {
              throw invalid();
            }
          }
          at += 4;
        } else if (at >= text.length() || "\"\\/bfnrt".indexOf(peek()) < 0) {
          throw invalid();
        }
      }
      at++;
    }
    at++;
  }

  private void number() {
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
  }

  private void digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw invalid();
    }
  }
}
