package io.meridiandb.sql.session;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.Ddl;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Positions;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.plan.StatementPlanner;
import io.meridiandb.wire.proto.Complete;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CREATE TABLE or DROP TABLE, always a transaction of its own. */
final class DdlWork implements Work {
  private final SessionContext session;
  private final String sql;
  private final Statement statement;
  private Ddl.@Nullable Result result;

  DdlWork(SessionContext session, String sql, Statement statement) {
    this.session = session;
    this.sql = sql;
    this.statement = statement;
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
  public @Nullable Timestamp readTimestamp() {
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
    boolean creates = statement instanceof Statement.CreateTable;
    try {
      done =
          switch (statement) {
            case Statement.CreateTable create -> {
              StatementPlanner planner =
                  session.services().plans().planner(session.services().catalogs().current());
              yield Ddl.create(
                  transaction.transaction(),
                  create,
                  (value, type) -> planner.defaultValue(sql, value, type));
            }
            case Statement.DropTable drop -> Ddl.drop(transaction.transaction(), drop);
            default -> throw new IllegalArgumentException("no DDL");
          };
    } catch (PositionedException e) {
      throw e.error().at(Positions.of(sql, e.position()));
    }
    result = done;
    Complete.Builder complete =
        Complete.newBuilder().setTag(creates ? "CREATE TABLE" : "DROP TABLE").setUpdateCount(0);
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
