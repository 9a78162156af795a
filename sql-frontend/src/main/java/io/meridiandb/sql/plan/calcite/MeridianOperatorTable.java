package io.meridiandb.sql.plan.calcite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlLibrary;
import org.apache.calcite.sql.fun.SqlLibraryOperatorTableFactory;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.jspecify.annotations.Nullable;

/**
 * The operators and functions that the validator knows: the standard's, PostgreSQL's, and those of
 * {@link Functions} in place of namesakes. Names are found in any case, since the parser lower-cases
 * what is not quoted and Calcite writes its own in capitals.
 */
public final class MeridianOperatorTable implements SqlOperatorTable {
  /** The only instance. */
  public static final MeridianOperatorTable INSTANCE = new MeridianOperatorTable();

  private final SqlOperatorTable all;

  private MeridianOperatorTable() {
    List<SqlOperator> operators = new ArrayList<>(Functions.operators());
    Set<String> own = new HashSet<>();
    operators.forEach(operator -> own.add(lowerName(operator)));
    List<SqlOperator> others = new ArrayList<>(SqlStdOperatorTable.instance().getOperatorList());
    others.addAll(
        SqlLibraryOperatorTableFactory.INSTANCE
            .getOperatorTable(SqlLibrary.POSTGRESQL)
            .getOperatorList());
    for (SqlOperator operator : others) {
      if (operator.getSyntax() != SqlSyntax.FUNCTION || !own.contains(lowerName(operator))) {
        operators.add(operator);
      }
    }
    all = SqlOperatorTables.of(operators);
  }

  private static String lowerName(SqlOperator operator) {
    return operator.getName().toLowerCase(Locale.ROOT);
  }

  @Override
  public void lookupOperatorOverloads(
      SqlIdentifier name,
      @Nullable SqlFunctionCategory category,
      SqlSyntax syntax,
      List<SqlOperator> operatorList,
      SqlNameMatcher nameMatcher) {
    all.lookupOperatorOverloads(
        name, category, syntax, operatorList, SqlNameMatchers.withCaseSensitive(false));
  }

  @Override
  public List<SqlOperator> getOperatorList() {
    return all.getOperatorList();
  }
}
