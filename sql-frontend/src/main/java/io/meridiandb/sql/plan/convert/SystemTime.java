package io.meridiandb.sql.plan.convert;

import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/**
 * AS OF SYSTEM TIME taken out of a query: a statement reads all its tables at one timestamp.
 *
 * @param query the query without it
 * @param moment the timestamp, or null for now
 */
public record SystemTime(SqlNode query, @Nullable SqlNode moment) {
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
    return new SystemTime(stripped == null ? query : stripped, finder.moment);
  }
}
