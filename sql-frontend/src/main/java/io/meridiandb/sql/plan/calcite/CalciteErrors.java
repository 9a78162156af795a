package io.meridiandb.sql.plan.calcite;

import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Positions;
import io.meridiandb.sql.parser.StatementLimits;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.runtime.CalciteContextException;
import org.jspecify.annotations.Nullable;

/** Calcite's errors to those that users see: SQLSTATE, position, PostgreSQL's words. */
public final class CalciteErrors {
  /**
   * A form of message.
   *
   * @param pattern what Calcite says
   * @param code its SQLSTATE
   * @param text what the user is told, with {@code $1} for the pattern's groups; null keeps the
   *     text
   */
  private record Rule(Pattern pattern, ErrorCode code, @Nullable String text) {}

  private static final List<Rule> RULES =
      List.of(
          rule(
              "Object '(.*)' not found( within '.*')?.*",
              ErrorCode.UNDEFINED_TABLE,
              "table \"$1\" does not exist"),
          rule(
              "Table '(.*)' not found.*",
              ErrorCode.UNDEFINED_TABLE,
              "missing FROM-clause entry for table \"$1\""),
          rule(
              "Column '(.*)' not found in table '(.*)'.*",
              ErrorCode.UNDEFINED_COLUMN,
              "column $2.$1 does not exist"),
          rule(
              "Column '(.*)' not found in any table.*",
              ErrorCode.UNDEFINED_COLUMN,
              "column \"$1\" does not exist"),
          rule(
              "Unknown (?:target column|field) '(.*)'",
              ErrorCode.UNDEFINED_COLUMN,
              "column \"$1\" does not exist"),
          rule(
              "Column '(.*)' is ambiguous",
              ErrorCode.AMBIGUOUS_COLUMN,
              "column reference \"$1\" is ambiguous"),
          rule(
              "No match found for function signature (.*)",
              ErrorCode.UNDEFINED_FUNCTION,
              "function $1 does not exist"),
          rule(
              "Invalid number of arguments to function '(.*)'.*",
              ErrorCode.UNDEFINED_FUNCTION,
              "function $1 does not take so many arguments"),
          rule(
              "Cannot apply '.*' to arguments of type '(.*?)'\\. Supported.*",
              ErrorCode.UNDEFINED_FUNCTION,
              "operator or function does not exist: $1"),
          rule(
              "Values passed to .* must have compatible types", ErrorCode.UNDEFINED_FUNCTION, null),
          rule(
              "Expression '(.*)' is not being grouped",
              ErrorCode.GROUPING_ERROR,
              "column \"$1\" must appear in the GROUP BY clause or be used in an aggregate function"),
          rule(".*[Aa]ggregate expression.*", ErrorCode.GROUPING_ERROR, null),
          rule("Ordinal out of range", ErrorCode.INVALID_COLUMN_REFERENCE, null),
          rule("Duplicate relation name '(.*)' in FROM clause", ErrorCode.DUPLICATE_OBJECT, null),
          rule("Duplicate relation name '(.*)'", ErrorCode.DUPLICATE_OBJECT, null),
          rule(
              "Cast function cannot convert value of type (\\S+).* to type (\\S+).*",
              ErrorCode.DATATYPE_MISMATCH,
              "cannot cast type $1 to $2"),
          rule(".*[Tt]ype mismatch.*", ErrorCode.DATATYPE_MISMATCH, null),
          rule("Illegal mixing of types.*", ErrorCode.DATATYPE_MISMATCH, null),
          rule(
              "WHERE clause must be a condition",
              ErrorCode.DATATYPE_MISMATCH,
              "the condition of WHERE must be boolean"),
          rule(".*must be a condition", ErrorCode.DATATYPE_MISMATCH, null),
          rule(
              "Unknown datatype name '(.*)'",
              ErrorCode.UNDEFINED_OBJECT,
              "type \"$1\" does not exist"),
          rule(
              "Unknown identifier '(.*)'",
              ErrorCode.UNDEFINED_OBJECT,
              "type or column \"$1\" does not exist"));

  private static final Pattern TYPE = Pattern.compile("<([A-Z_ ]+)(?:\\([0-9, ]*\\))?[A-Z_ ]*>");

  private static final String CAST_HINT =
      "Nothing of this name takes these types; an explicit cast may be needed.";

  private CalciteErrors() {}

  private static Rule rule(String pattern, ErrorCode code, @Nullable String text) {
    return new Rule(Pattern.compile(pattern, Pattern.DOTALL), code, text);
  }

  /**
   * The error to tell the user for anything that planning threw.
   *
   * @param sql the statement, for the position
   */
  public static MeridianException explain(String sql, Throwable thrown) {
    return switch (thrown) {
      case MeridianException error -> error;
      case PositionedException error -> error.error().at(Positions.of(sql, error.position()));
      case CalciteContextException error ->
          translated(error).at(Positions.of(sql, error.getPosLine(), error.getPosColumn()));
      case StackOverflowError error -> StatementLimits.overflow(error);
      default -> {
        Throwable cause = thrown.getCause();
        yield cause == null || cause == thrown ? internal(thrown) : nested(sql, thrown, cause);
      }
    };
  }

  private static MeridianException nested(String sql, Throwable thrown, Throwable cause) {
    boolean telling =
        cause instanceof MeridianException
            || cause instanceof PositionedException
            || cause instanceof CalciteContextException
            || cause instanceof StackOverflowError
            || cause.getCause() != null;
    return telling ? explain(sql, cause) : internal(thrown);
  }

  private static MeridianException internal(Throwable thrown) {
    return new MeridianException(
            ErrorCode.INTERNAL,
            "the statement could not be planned: "
                + thrown.getClass().getSimpleName()
                + (thrown.getMessage() == null
                    ? ""
                    : ": " + thrown.getMessage().lines().findFirst().orElse("")),
            thrown)
        .withHint("This is a defect of the planner; writing the statement differently may help.");
  }

  private static MeridianException translated(CalciteContextException error) {
    Throwable cause = error.getCause();
    String text = String.valueOf(cause == null ? error.getMessage() : cause.getMessage());
    for (Rule rule : RULES) {
      Matcher matcher = rule.pattern.matcher(text);
      if (matcher.matches()) {
        String shown = rule.text == null ? firstLine(text) : matcher.replaceAll(rule.text);
        return new MeridianException(
            rule.code,
            rule.code == ErrorCode.UNDEFINED_FUNCTION ? readable(shown) : firstLine(shown),
            rule.code == ErrorCode.UNDEFINED_FUNCTION ? CAST_HINT : null,
            0,
            error);
      }
    }
    return new MeridianException(ErrorCode.SYNTAX_ERROR, firstLine(text), error);
  }

  /** Calcite writes types as {@code <VARCHAR(65536) NOT NULL>}. */
  private static String readable(String text) {
    return firstLine(
        TYPE.matcher(text)
            .replaceAll(found ->
                found
                    .group(1)
                    .toLowerCase(Locale.ROOT)
                    .replace("timestamp_with_local_time_zone", "timestamptz")
                    .replace("varchar", "text")));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }
}
