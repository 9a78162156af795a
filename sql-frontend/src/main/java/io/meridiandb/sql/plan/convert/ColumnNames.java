package io.meridiandb.sql.plan.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of a query are called, by PostgreSQL's rules: two may have one name, a function
 * lends its name, what has none is {@code ?column?}. Calcite makes names unique instead.
 */
public final class ColumnNames {
  private static final String NAMELESS = "?column?";
  private static final Pattern GENERATED = Pattern.compile("EXPR\\$\\d+");

  private ColumnNames() {}

  /**
   * The names as far as the query says them before it is validated, which rewrites functions; null
   * if a star leaves them open.
   */
  public static @Nullable List<String> before(SqlNode query) {
    return switch (query) {
      case SqlOrderBy ordered -> before(ordered.query);
      case SqlWith with -> before(with.body);
      case SqlSelect select when select.getSelectList().stream().noneMatch(ColumnNames::isStar) ->
          select.getSelectList().stream().map(item -> ofItem(item, NAMELESS)).toList();
      case SqlCall call when call.isA(SqlKind.SET_QUERY) -> before(call.operand(0));
      case SqlCall call when call.getKind() == SqlKind.VALUES ->
          ofValues(((SqlCall) call.operand(0)).operandCount());
      default -> null;
    };
  }

  private static boolean isStar(SqlNode item) {
    return item instanceof SqlIdentifier column && column.isStar();
  }

  /**
   * The names of a validated query's columns.
   *
   * @param before what {@link #before} said
   * @param unique the names that Calcite gave
   */
  public static List<String> of(SqlNode query, @Nullable List<String> before, List<String> unique) {
    return before != null && before.size() == unique.size() ? before : of(query, unique);
  }

  private static List<String> of(SqlNode query, List<String> unique) {
    return switch (query) {
      case SqlOrderBy ordered -> of(ordered.query, unique);
      case SqlWith with -> of(with.body, unique);
      case SqlSelect select when select.getSelectList().size() == unique.size() ->
          ofItems(select, unique);
      case SqlCall call when call.getKind() == SqlKind.VALUES -> ofValues(unique.size());
      case SqlCall call when call.isA(SqlKind.SET_QUERY) -> of(call.operand(0), unique);
      default -> unique;
    };
  }

  private static List<String> ofValues(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add("column" + i);
    }
    return names;
  }

  private static List<String> ofItems(SqlSelect select, List<String> unique) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < unique.size(); i++) {
      names.add(ofItem(select.getSelectList().get(i), unique.get(i)));
    }
    return names;
  }

  private static String ofItem(SqlNode item, String unique) {
    if (item instanceof SqlBasicCall call && call.getKind() == SqlKind.AS) {
      String alias = ((SqlIdentifier) call.operand(1)).getSimple();
      SqlNode aliased = call.operand(0);
      if (GENERATED.matcher(alias).matches()) {
        return derived(aliased);
      }
      boolean numbered =
          alias.equals(unique)
              && aliased instanceof SqlIdentifier column
              && alias.matches(Pattern.quote(column.names.getLast()) + "\\d+");
      return numbered ? derived(aliased) : alias;
    }
    return derived(item);
  }

  private static String derived(SqlNode node) {
    if (node instanceof SqlIdentifier column) {
      return column.names.getLast();
    }
    if (!(node instanceof SqlCall call)) {
      return NAMELESS;
    }
    return switch (call.getKind()) {
      case CAST -> castName(call);
      case CASE -> "case";
      case EXTRACT -> "extract";
      case FILTER, WITHIN_GROUP, RESPECT_NULLS, IGNORE_NULLS -> derived(call.operand(0));
      case EXISTS -> "exists";
      case SCALAR_QUERY -> ofQuery(call.operand(0));
      default -> {
        String name = call.getOperator().getName().toLowerCase(Locale.ROOT);
        boolean function =
            call.getOperator() instanceof org.apache.calcite.sql.SqlFunction
                && Character.isLetter(name.charAt(0));
        yield function ? name : NAMELESS;
      }
    };
  }

  private static String castName(SqlCall call) {
    String inner = derived(call.operand(0));
    return inner.equals(NAMELESS) && call.operandCount() > 1
        ? call.operand(1).toString().replace("`", "").toLowerCase(Locale.ROOT)
        : inner;
  }

  private static String ofQuery(SqlNode query) {
    return query instanceof SqlSelect select && select.getSelectList().size() == 1
        ? ofItem(select.getSelectList().get(0), NAMELESS)
        : NAMELESS;
  }
}
