package io.meridiandb.sql.parser;

import io.meridiandb.sql.parser.impl.MeridianSqlParserImpl;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.jspecify.annotations.Nullable;

/**
 * Text to {@link Statement}: PostgreSQL's lexical rules (unquoted names are lower-cased), limits
 * first, every error with its SQLSTATE and position. Callable from any thread.
 */
public final class StatementParser {
  /** Longest identifier, in bytes. */
  public static final int IDENTIFIER_BYTES_MAX = 63;

  private static final int EXPECTED_TOKENS_SHOWN_MAX = 6;

  private static final List<String> UNSUPPORTED_STARTS =
      List.of(
          "alter",
          "analyze",
          "call",
          "comment",
          "copy",
          "create",
          "deallocate",
          "declare",
          "describe",
          "discard",
          "do",
          "drop",
          "execute",
          "fetch",
          "grant",
          "listen",
          "lock",
          "merge",
          "notify",
          "prepare",
          "refresh",
          "reindex",
          "release",
          "revoke",
          "savepoint",
          "truncate",
          "upsert",
          "vacuum");

  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withParserFactory(MeridianSqlParserImpl.FACTORY)
          .withQuoting(Quoting.DOUBLE_QUOTE)
          .withUnquotedCasing(Casing.TO_LOWER)
          .withQuotedCasing(Casing.UNCHANGED)
          .withCaseSensitive(true)
          .withIdentifierMaxLength(Integer.MAX_VALUE)
          .withConformance(MeridianConformance.INSTANCE);

  private StatementParser() {}

  /**
   * Parses one statement; a semicolon may stand at its end.
   *
   * @throws MeridianException SYNTAX_ERROR, FEATURE_NOT_SUPPORTED or STATEMENT_TOO_COMPLEX, with
   *     the position
   */
  public static Statement parse(String sql) {
    StatementLimits.checkLength(sql);
    List<Token> tokens = SqlLexer.tokens(sql);
    StatementLimits.check(sql, tokens);
    int end = tokens.size();
    while (end > 0 && tokens.get(end - 1).is(sql, ";")) {
      end--;
    }
    if (end == 0) {
      throw new MeridianException(ErrorCode.SYNTAX_ERROR, "the statement is empty");
    }
    refuseSeveralStatements(sql, tokens.subList(0, end));
    try {
      SqlNode node =
          SqlParser.create(
                  Intervals.rewrite(sql, tokens).substring(0, tokens.get(end - 1).end()), CONFIG)
              .parseStmt();
      if (node instanceof StatementNode root) {
        return root.statement();
      }
      throw unsupported(sql, tokens);
    } catch (PositionedException e) {
      throw e.error().at(Positions.of(sql, e.position()));
    } catch (SqlParseException e) {
      throw translate(sql, tokens, e);
    } catch (CalciteContextException e) {
      throw new MeridianException(ErrorCode.SYNTAX_ERROR, messageOf(e), e)
          .at(Positions.of(sql, e.getPosLine(), e.getPosColumn()));
    } catch (StackOverflowError e) {
      throw StatementLimits.overflow(e);
    }
  }

  private static void refuseSeveralStatements(String sql, List<Token> tokens) {
    for (Token token : tokens) {
      if (token.is(sql, ";")) {
        throw new MeridianException(
                ErrorCode.SYNTAX_ERROR,
                "one statement at a time: there is more after the semicolon")
            .at(Positions.ofOffset(sql, token.start()));
      }
    }
  }

  private static MeridianException translate(
      String sql, List<Token> tokens, SqlParseException error) {
    Throwable cause = error.getCause();
    if (cause instanceof PositionedException positioned) {
      return positioned.error().at(Positions.of(sql, positioned.position()));
    }
    int position = error.getPos() == null ? 0 : Positions.of(sql, error.getPos());
    if (isUnsupportedStart(sql, tokens, position)) {
      return unsupported(sql, tokens);
    }
    Token near = tokenAt(sql, tokens, position);
    String text = String.valueOf(error.getMessage());
    if (near == null
        || (near.equals(tokens.getLast())
            && (text.contains("<EOF>") || text.startsWith("Incorrect syntax near")))) {
      return new MeridianException(
          ErrorCode.SYNTAX_ERROR,
          "syntax error at the end of the statement",
          expectation(error),
          Positions.ofOffset(sql, sql.length()),
          error);
    }
    return new MeridianException(
        ErrorCode.SYNTAX_ERROR,
        "syntax error at or near \"" + near.text(sql) + "\"",
        expectation(error),
        position,
        error);
  }

  /** What the grammar would have taken instead, if that is a short list. */
  private static @Nullable String expectation(SqlParseException error) {
    List<String> names =
        error.getExpectedTokenNames() == null
            ? List.of()
            : error.getExpectedTokenNames().stream()
                .filter(name -> !name.startsWith("<"))
                .map(name -> name.replace("\"", ""))
                .distinct()
                .sorted()
                .toList();
    if (names.isEmpty() || names.size() > EXPECTED_TOKENS_SHOWN_MAX) {
      return null;
    }
    return "Expected here: " + String.join(", ", names) + ".";
  }

  private static @Nullable Token tokenAt(String sql, List<Token> tokens, int position) {
    for (Token token : tokens) {
      if (Positions.ofOffset(sql, token.end()) > position) {
        return token.is(sql, ";") ? null : token;
      }
    }
    return null;
  }

  private static boolean isUnsupportedStart(String sql, List<Token> tokens, int position) {
    String first = tokens.getFirst().text(sql).toLowerCase(Locale.ROOT);
    if (!UNSUPPORTED_STARTS.contains(first)) {
      return false;
    }
    boolean known =
        first.equals("call")
            || (tokens.size() > 1
                && switch (first) {
                  case "create", "drop", "alter" ->
                      tokens.get(1).isWord(sql, "table") || tokens.get(1).isWord(sql, "placement");
                  default -> false;
                });
    return !known && position > 0;
  }

  private static MeridianException unsupported(String sql, List<Token> tokens) {
    String words = tokens.getFirst().text(sql).toUpperCase(Locale.ROOT);
    if ((words.equals("CREATE") || words.equals("DROP") || words.equals("ALTER"))
        && tokens.size() > 1) {
      words += " " + tokens.get(1).text(sql).toUpperCase(Locale.ROOT);
    }
    return new MeridianException(
            ErrorCode.FEATURE_NOT_SUPPORTED, "the statement " + words + " is not supported yet")
        .at(Positions.ofOffset(sql, tokens.getFirst().start()));
  }

  private static String messageOf(CalciteContextException error) {
    Throwable cause = error.getCause();
    return firstLine(cause == null ? error.getMessage() : cause.getMessage());
  }

  private static String firstLine(@Nullable String text) {
    return String.valueOf(text).lines().findFirst().orElse("");
  }
}
