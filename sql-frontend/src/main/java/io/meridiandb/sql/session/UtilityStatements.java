package io.meridiandb.sql.session;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.UniverseViews;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.parser.StatementParser;
import io.meridiandb.sql.plan.PlannedStatement;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** Statements without a plan: transaction control, settings, EXPLAIN, DDL. */
final class UtilityStatements {
  private static final String PLACEMENTS = "placements";

  private static final String FAILED =
      "current transaction is aborted, commands ignored until end of transaction block";

  private final SessionContext session;
  private final Transactions transactions;
  private final Settings settings;
  private final DdlStatements ddl;
  private final ProcedureCalls calls;
  private final ExplainStatements explains;

  UtilityStatements(SessionContext session, Transactions transactions, Settings settings) {
    this.session = session;
    this.transactions = transactions;
    this.settings = settings;
    this.ddl = new DdlStatements(session, transactions);
    this.calls = new ProcedureCalls(session);
    this.explains = new ExplainStatements(session, transactions);
  }

  /** In a failed transaction: only its end is taken. */
  Complete.Builder inFailed(String sql) {
    Statement statement = sql.isEmpty() ? null : StatementParser.parse(sql);
    return switch (statement) {
      case Statement.Commit _, Statement.Rollback _ -> end(false);
      case null, default -> throw new MeridianException(ErrorCode.TRANSACTION_FAILED, FAILED);
    };
  }

  /** COMMIT or ROLLBACK. */
  Complete.Builder end(boolean commit) {
    boolean none = !transactions.isOpen();
    Complete.Builder done = Complete.newBuilder().setUpdateCount(-1);
    if (none) {
      done.addNotices("there is no transaction in progress");
    }
    if (!commit) {
      transactions.rollback();
      return done.setTag("ROLLBACK");
    }
    Timestamp timestamp = transactions.commit();
    return timestamp == null
        ? done.setTag("ROLLBACK")
        : done.setTag("COMMIT").setCommitTimestampNanos(timestamp.nanos());
  }

  Complete.Builder run(
      String sql,
      Statement statement,
      Execute execute,
      TransactionRequest asked,
      RunningRequest request) {
    return switch (statement) {
      case Statement.Begin begin -> begin(sql, begin, asked);
      case Statement.Commit _ -> end(true);
      case Statement.Rollback _ -> end(false);
      case Statement.Show show -> show(show, request);
      case Statement.Set set -> set(set);
      case Statement.Explain explain -> explains.run(sql, explain, execute, asked, request);
      case Statement.CreateTable _,
          Statement.DropTable _,
          Statement.CreatePlacement _,
          Statement.DropPlacement _,
          Statement.AlterPlacement _,
          Statement.MoveTable _ ->
          ddl.run(sql, statement, asked, request);
      case Statement.Call call -> calls.run(sql, call, request);
      case Statement.Query _, Statement.Dml _ ->
          throw new IllegalArgumentException("a statement with a plan");
    };
  }

  private Complete.Builder begin(String sql, Statement.Begin begin, TransactionRequest asked) {
    Complete.Builder done = Complete.newBuilder().setTag("BEGIN").setUpdateCount(-1);
    if (transactions.isOpen()) {
      return done.addNotices("there is already a transaction in progress");
    }
    SqlNode moment = begin.asOf();
    if (moment == null) {
      transactions.begin(begin.readOnly() ? asked.asReadOnly() : asked);
      return done;
    }
    if (!begin.readOnly() && !asked.readOnly()) {
      throw new MeridianException(
              ErrorCode.READ_ONLY_TRANSACTION, "only a read-only transaction reads the past")
          .withHint("BEGIN TRANSACTION READ ONLY AS OF SYSTEM TIME ...");
    }
    PlannedStatement.AsOf asOf =
        session
            .services()
            .plans()
            .planner(session.services().catalogs().current())
            .asOf(sql, moment);
    transactions.begin(asked.asOf(ReadTimes.of(asOf, session, List.of())));
    return done;
  }

  private Complete.Builder show(Statement.Show show, RunningRequest request) {
    ResultSender sender = session.sender(request);
    sender.describe(shape(show));
    if (show.name().equals(PLACEMENTS)) {
      session.view(UniverseViews.PLACEMENTS).forEach(sender::row);
    } else if (show.name().equals("all")) {
      for (Map.Entry<String, String> setting : settings.all().entrySet()) {
        sender.row(new Object[] {setting.getKey(), setting.getValue()});
      }
    } else {
      sender.row(new Object[] {settings.show(show.name())});
    }
    sender.flush();
    return Complete.newBuilder().setTag("SHOW").setUpdateCount(-1);
  }

  /** The columns of a statement without a plan. */
  List<PlanColumn> shape(String sql) {
    return switch (StatementParser.parse(sql)) {
      case Statement.Show show -> shape(show);
      case Statement.Call call -> ProcedureCalls.columns(call);
      case Statement.Explain _ -> ExplainStatements.COLUMNS;
      default -> List.of();
    };
  }

  private static List<PlanColumn> shape(Statement.Show show) {
    if (show.name().equals(PLACEMENTS)) {
      return UniverseViews.PLACEMENTS.columns().stream()
          .map(column -> PlanColumn.of(column.name(), column.type()))
          .toList();
    }
    return show.name().equals("all")
        ? List.of(PlanColumn.of("name", SqlType.TEXT), PlanColumn.of("setting", SqlType.TEXT))
        : List.of(PlanColumn.of(show.name(), SqlType.TEXT));
  }

  private Complete.Builder set(Statement.Set set) {
    settings.set(set.name(), text(set.value()));
    return Complete.newBuilder().setTag(set.value() == null ? "RESET" : "SET").setUpdateCount(-1);
  }

  private static @Nullable String text(@Nullable SqlNode value) {
    return switch (value) {
      case null -> null;
      case SqlIdentifier name -> name.getSimple();
      case SqlLiteral literal -> literal.toValue();
      default -> value.toString();
    };
  }
}
