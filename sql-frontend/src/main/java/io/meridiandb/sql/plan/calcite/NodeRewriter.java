package io.meridiandb.sql.plan.calcite;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.NlsString;
import org.jspecify.annotations.Nullable;

/**
 * Puts right what the grammar template decides against PostgreSQL: strings with escapes get a
 * character set of their own, and {@code date_trunc} is taken for another dialect's.
 */
final class NodeRewriter extends SqlShuttle {
  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlNode visited = super.visit(call);
    return visited instanceof SqlCall copy
            && copy.getOperator().equals(SqlLibraryOperators.DATE_TRUNC)
            && copy.operandCount() == 2
        ? Functions.operator("date_trunc")
            .createCall(copy.getParserPosition(), copy.getOperandList())
        : visited;
  }

  @Override
  public @Nullable SqlNode visit(SqlLiteral literal) {
    if (literal instanceof SqlCharStringLiteral) {
      NlsString text = literal.getValueAs(NlsString.class);
      if (text.getCharsetName() != null) {
        return SqlLiteral.createCharString(text.getValue(), literal.getParserPosition());
      }
    }
    return literal;
  }
}
