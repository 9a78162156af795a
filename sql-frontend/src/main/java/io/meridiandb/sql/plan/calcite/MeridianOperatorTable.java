package io.meridiandb.sql.plan.calcite;

import java.util.ArrayList;
import java.util.LinkedHashSet;
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
 * {@link Functions} in place of namesakes. Names are found in any case, since the parser
 * lower-cases what is not quoted and Calcite writes its own in capitals.
 */
public final class MeridianOperatorTable implements SqlOperatorTable {
  /** The only instance. */
  public static final MeridianOperatorTable INSTANCE = new MeridianOperatorTable();

  private static final SqlOperatorTable STANDARD = SqlStdOperatorTable.instance();
  private static final SqlOperatorTable POSTGRESQL =
      SqlLibraryOperatorTableFactory.INSTANCE.getOperatorTable(SqlLibrary.POSTGRESQL);

  private final SqlOperatorTable own = SqlOperatorTables.of(Functions.operators());
  private final Set<String> ownNames = new LinkedHashSet<>();

  private MeridianOperatorTable() {
    Functions.operators()
        .forEach(operator -> ownNames.add(operator.getName().toLowerCase(Locale.ROOT)));
  }

  @Override
  public void lookupOperatorOverloads(
      SqlIdentifier name,
      @Nullable SqlFunctionCategory category,
      SqlSyntax syntax,
      List<SqlOperator> operatorList,
      SqlNameMatcher nameMatcher) {
    SqlNameMatcher anyCase = SqlNameMatchers.withCaseSensitive(false);
    boolean isOwn =
        syntax == SqlSyntax.FUNCTION
            && name.isSimple()
            && ownNames.contains(name.getSimple().toLowerCase(Locale.ROOT));
    if (isOwn) {
      own.lookupOperatorOverloads(name, category, syntax, operatorList, anyCase);
      return;
    }
    if (syntax == SqlSyntax.BINARY && name.isSimple()) {
      for (SqlOperator operator : DateOperators.ALL) {
        if (operator.getName().equals(name.getSimple())) {
          operatorList.add(operator);
          return;
        }
      }
    }
    STANDARD.lookupOperatorOverloads(name, category, syntax, operatorList, anyCase);
    if (operatorList.isEmpty()) {
      POSTGRESQL.lookupOperatorOverloads(name, category, syntax, operatorList, anyCase);
    }
  }

  @Override
  public List<SqlOperator> getOperatorList() {
    List<SqlOperator> all = new ArrayList<>(own.getOperatorList());
    all.addAll(STANDARD.getOperatorList());
    all.addAll(POSTGRESQL.getOperatorList());
    return all;
  }
}
