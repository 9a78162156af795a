package io.meridiandb.sql.session;

import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.Ddl;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Positions;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A change of the catalog, always a transaction of its own. */
final class DdlWork implements Work {
  private final SessionContext session;
  private final String sql;
  private final String tag;
  private final Function<Transaction, Ddl.Result> change;
  private Ddl.@Nullable Result result;

  /**
   * A change.
   *
   * @param sql the statement, for positions
   * @param tag what the client is told when it is done
   * @param change makes the change in a transaction; may be called several times
   */
  DdlWork(
      SessionContext session, String sql, String tag, Function<Transaction, Ddl.Result> change) {
    this.session = session;
    this.sql = sql;
    this.tag = tag;
    this.change = change;
  }

  @Override
  public void prepare() {
    result = null;
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public @Nullable TimestampBound readBound() {
    return null;
  }

  @Override
  public SchemaVersion schema() {
    return SchemaVersion.EXEMPT;
  }

  @Override
  public List<TableDescriptor> tables() {
    return List.of();
  }

  @Override
  public Complete.Builder run(OpenTransaction transaction, boolean checkNow) {
    Ddl.Result done;
    try {
      done = change.apply(transaction.transaction());
    } catch (PositionedException e) {
      throw e.error().at(Positions.of(sql, e.position()));
    }
    result = done;
    Complete.Builder complete = Complete.newBuilder().setTag(tag).setUpdateCount(0);
    String notice = done.notice();
    return notice == null ? complete : complete.addNotices(notice);
  }

  @Override
  public boolean answered() {
    return false;
  }

  @Override
  public void committed() {
    Catalog catalog = result == null ? null : result.catalog();
    if (catalog != null) {
      session.services().catalogs().install(catalog);
    }
  }

  /** Tables whose rows are left over. */
  List<TableDescriptor> removed() {
    return result == null ? List.of() : result.removed();
  }
}
