package io.meridiandb.server.shell;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts text into statements at each {@code ;} that stands outside of quotes and comments. Each
 * character is looked at once, however the text comes in pieces.
 */
final class StatementSplitter {
  /** What the next character stands in. */
  private enum Place {
    TEXT,
    STRING,
    ESCAPE_STRING,
    NAME,
    LINE_COMMENT,
    BLOCK_COMMENT,
    DOLLAR_STRING
  }

  private final ArrayDeque<String> statements = new ArrayDeque<>();
  private final StringBuilder pending = new StringBuilder();
  private Place place = Place.TEXT;
  private int scanned;
  private int commentDepth;
  private String dollarTag = "";
  private boolean meaningful;

  /** Adds text. */
  void add(String text) {
    pending.append(text);
    while (scanned < pending.length()) {
      step(pending.charAt(scanned));
    }
  }

  /** The next whole statement without its {@code ;}, or null if none is complete. */
  @Nullable String next() {
    return statements.poll();
  }

  /** Whether nothing but blanks and comments has come since the last {@code ;}. */
  boolean isBetween() {
    return !meaningful && place != Place.BLOCK_COMMENT;
  }

  /** What came after the last {@code ;}, at the end of the input; empty if it says nothing. */
  String rest() {
    String rest = meaningful ? pending.toString().strip() : "";
    reset();
    return rest;
  }

  /** Forgets what is not complete. */
  void reset() {
    pending.setLength(0);
    scanned = 0;
    place = Place.TEXT;
    meaningful = false;
  }

  private void step(char c) {
    scanned++;
    switch (place) {
      case TEXT -> text(c);
      case STRING -> endsAt('\'', c);
      case ESCAPE_STRING -> {
        if (c == '\\') {
          scanned++; // the next character is part of the string, even a quote
        } else {
          endsAt('\'', c);
        }
      }
      case NAME -> endsAt('"', c);
      case LINE_COMMENT -> endsAt('\n', c);
      case BLOCK_COMMENT -> blockComment(c);
      case DOLLAR_STRING -> {
        if (c == '$' && endsWith(dollarTag)) {
          place = Place.TEXT;
        }
      }
    }
  }

  private void endsAt(char end, char c) {
    if (c == end) {
      place = Place.TEXT; // a doubled quote opens the next string at once
    }
  }

  private void text(char c) {
    if (c == ';') {
      String statement = pending.substring(0, scanned - 1).strip();
      pending.delete(0, scanned);
      scanned = 0;
      if (meaningful) {
        statements.add(statement);
      }
      meaningful = false;
      return;
    }
    if (c == '-' && endsWith("--")) {
      place = Place.LINE_COMMENT;
    } else if (c == '*' && endsWith("/*")) {
      place = Place.BLOCK_COMMENT;
      commentDepth = 1;
    } else if (!Character.isWhitespace(c) && !beginsComment(c)) {
      meaningful = true;
      quote(c);
    }
  }

  private void quote(char c) {
    if (c == '\'') {
      boolean escapes = scanned > 1 && "eE".indexOf(pending.charAt(scanned - 2)) >= 0;
      boolean word = scanned > 2 && Character.isLetterOrDigit(pending.charAt(scanned - 3));
      place = escapes && !word ? Place.ESCAPE_STRING : Place.STRING;
    } else if (c == '"') {
      place = Place.NAME;
    } else if (c == '$') {
      String tag = dollarTag();
      if (!tag.isEmpty()) {
        dollarTag = tag;
        place = Place.DOLLAR_STRING;
      }
    }
  }

  /** Whether c may be the first character of {@code --} or of a block comment; the next decides. */
  private boolean beginsComment(char c) {
    return (c == '-' && scanned < pending.length() && pending.charAt(scanned) == '-')
        || (c == '/' && scanned < pending.length() && pending.charAt(scanned) == '*');
  }

  private boolean endsWith(String text) {
    return scanned >= text.length()
        && pending.substring(scanned - text.length(), scanned).equals(text);
  }

  /** {@code $tag$} that ends here, or nothing. */
  private String dollarTag() {
    int start = scanned - 2;
    while (start >= 0
        && (Character.isLetterOrDigit(pending.charAt(start)) || pending.charAt(start) == '_')) {
      start--;
    }
    boolean tag = start >= 0 && pending.charAt(start) == '$';
    boolean parameter =
        start + 1 < scanned - 1 && Character.isDigit(pending.charAt(start + 1)); // as in $1
    return tag && !parameter ? pending.substring(start, scanned) : "";
  }

  private void blockComment(char c) {
    if (c == '*' && endsWith("/*")) {
      commentDepth++;
    } else if (c == '/' && endsWith("*/")) {
      commentDepth--;
      if (commentDepth == 0) {
        place = Place.TEXT;
      }
    }
  }
}
