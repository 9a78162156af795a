package io.meridiandb.sql.parser;

/**
 * A piece of a statement.
 *
 * @param kind what it is
 * @param start offset of its first {@code char}
 * @param end offset behind its last {@code char}
 */
public record Token(Kind kind, int start, int end) {
  /** The kinds of tokens. */
  public enum Kind {
    /** A keyword or an unquoted name. */
    WORD,
    /** A name in double quotes. */
    QUOTED_NAME,
    /** A number without sign. */
    NUMBER,
    /** A plain string in single quotes. */
    STRING,
    /** A string with a prefix: E'…', X'…', U&'…'. */
    PREFIXED_STRING,
    /** {@code ?} or {@code $1}. */
    PARAMETER,
    /** An operator of one or more characters. */
    OPERATOR,
    /** One of {@code ( ) [ ] { } , ; .} */
    PUNCTUATION
  }

  /** Its text. */
  public String text(String sql) {
    return sql.substring(start, end);
  }

  /** Whether it is this keyword, in any case. */
  public boolean isWord(String sql, String word) {
    return kind == Kind.WORD
        && end - start == word.length()
        && sql.regionMatches(true, start, word, 0, word.length());
  }

  /** Whether it is this one character of punctuation or this operator. */
  public boolean is(String sql, String symbol) {
    return (kind == Kind.PUNCTUATION || kind == Kind.OPERATOR)
        && end - start == symbol.length()
        && sql.startsWith(symbol, start);
  }
}
