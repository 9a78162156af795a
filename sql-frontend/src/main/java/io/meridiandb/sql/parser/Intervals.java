package io.meridiandb.sql.parser;

import io.meridiandb.sql.parser.Token.Kind;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PostgreSQL writes {@code interval '2 days'}, the standard and the grammar {@code interval '2'
 * day}. Both have the same length, so the one is put in place of the other without moving any
 * position.
 */
final class Intervals {
  private static final Pattern TEXT =
      Pattern.compile(
          "'\\s*([-+]?\\d+)\\s+(year|month|week|day|hour|minute|second)s?\\s*'",
          Pattern.CASE_INSENSITIVE);

  private Intervals() {}

  /** The statement with the standard's form of intervals. */
  static String rewrite(String sql, List<Token> tokens) {
    StringBuilder rewritten = null;
    for (int i = 1; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.kind() != Kind.STRING || !tokens.get(i - 1).isWord(sql, "interval")) {
        continue;
      }
      Matcher matcher = TEXT.matcher(token.text(sql));
      if (matcher.matches()) {
        String standard = "'" + matcher.group(1) + "' " + matcher.group(2).toLowerCase(Locale.ROOT);
        int length = token.end() - token.start();
        rewritten = rewritten == null ? new StringBuilder(sql) : rewritten;
        rewritten.replace(
            token.start(), token.end(), standard + " ".repeat(length - standard.length()));
      }
    }
    return rewritten == null ? sql : rewritten.toString();
  }
}
