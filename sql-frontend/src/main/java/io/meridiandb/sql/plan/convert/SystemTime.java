package io.meridiandb.sql.plan.convert;

import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.Locale;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/**
 * AS OF SYSTEM TIME taken out of a query: a statement reads all its tables at one timestamp.
 *
 * @param query the query without it
 * @param moment the timestamp, or how long ago; null for now
 * @param atLeast whether the read may be of any later moment too: {@code
 *     with_max_staleness('10s')}, {@code with_min_timestamp(moment)}
 */
public record SystemTime(SqlNode query, @Nullable SqlNode moment, boolean atLeast) {
  private static final String MAX_STALENESS = "with_max_staleness";
  private static final String MIN_TIMESTAMP = "with_min_timestamp";

  private static final class Finder extends SqlShuttle {
    private @Nullable SqlNode moment;

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      if (!(call instanceof SqlSnapshot snapshot)) {
        return super.visit(call);
      }
      SqlNode found = snapshot.getPeriod();
      SqlNode before = moment;
      if (before != null && !before.equalsDeep(found, Litmus.IGNORE)) {
        throw new PositionedException(
            new MeridianException(
                ErrorCode.FEATURE_NOT_SUPPORTED, "a statement reads all its tables as of one time"),
            found.getParserPosition());
      }
      moment = found;
      return snapshot.getTableRef().accept(this);
    }
  }

  /** The query and its time. */
  public static SystemTime takeOut(SqlNode query) {
    Finder finder = new Finder();
    SqlNode stripped = query.accept(finder);
    SqlNode moment = finder.moment;
    SqlNode rest = stripped == null ? query : stripped;
    if (moment == null) {
      return new SystemTime(rest, null, false);
    }
    SystemTime time = of(moment);
    return new SystemTime(rest, time.moment, time.atLeast);
  }

  /** What stands behind AS OF SYSTEM TIME. */
  public static SystemTime of(SqlNode moment) {
    if (moment instanceof SqlBasicCall call
        && call.getOperator() instanceof SqlFunction function
        && call.operandCount() == 1) {
      String name = function.getName().toLowerCase(Locale.ROOT);
      if (name.equals(MAX_STALENESS)) {
        return new SystemTime(moment, ago(call.operand(0)), true);
      }
      if (name.equals(MIN_TIMESTAMP)) {
        return new SystemTime(moment, call.operand(0), true);
      }
    }
    return new SystemTime(moment, moment, false);
  }

  /** {@code '10s'} is ten seconds ago here, as {@code '-10s'} is. */
  private static SqlNode ago(SqlNode staleness) {
    if (staleness instanceof SqlCharStringLiteral literal) {
      String text = literal.getValueAs(String.class).strip();
      return text.startsWith("-")
          ? literal
          : SqlLiteral.createCharString("-" + text, literal.getParserPosition());
    }
    throw new PositionedException(
        new MeridianException(
                ErrorCode.INVALID_PARAMETER_VALUE, MAX_STALENESS + " takes how old it may be")
            .withHint("with_max_staleness('10s'); units are ns, us, ms, s, m, h, d."),
        staleness.getParserPosition());
  }
}
