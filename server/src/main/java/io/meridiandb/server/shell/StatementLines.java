package io.meridiandb.server.shell;

import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.impl.DefaultParser;

/** Tells the line editor that a statement goes on until its semicolon, and what a word is. */
final class StatementLines extends DefaultParser {
  StatementLines() {
    quoteChars(new char[0]);
    escapeChars(new char[0]);
  }

  @Override
  public boolean isDelimiterChar(CharSequence buffer, int at) {
    return Character.isWhitespace(buffer.charAt(at))
        || "(),;=<>+*/".indexOf(buffer.charAt(at)) >= 0;
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !isComplete(line)) {
      throw new EOFError(-1, -1, "the statement goes on");
    }
    return super.parse(line, cursor, context);
  }

  /** Whether Enter executes what stands there. */
  static boolean isComplete(String text) {
    if (text.stripLeading().startsWith("\\")) {
      return true;
    }
    StatementSplitter splitter = new StatementSplitter();
    splitter.add(text + "\n");
    return splitter.isBetween();
  }
}
