package io.meridiandb.sql.session;

import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ExprBinder;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Universe;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.plan.PlanText;
import io.meridiandb.sql.plan.PlannedStatement;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.txn.gateway.Router;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** EXPLAIN: the operators of a plan, and where they read and write; ANALYZE runs it too. */
final class ExplainStatements {
  static final List<PlanColumn> COLUMNS = List.of(PlanColumn.of("QUERY PLAN", SqlType.TEXT));

  private static final @Nullable Object[] NO_TUPLE = {};

  private final SessionContext session;
  private final Transactions transactions;

  ExplainStatements(SessionContext session, Transactions transactions) {
    this.session = session;
    this.transactions = transactions;
  }

  Complete.Builder run(
      String sql,
      Statement.Explain explain,
      Execute execute,
      TransactionRequest asked,
      RunningRequest request) {
    PlannedStatement plan =
        session
            .services()
            .plans()
            .planInside(
                sql,
                explain.explained().statement(),
                WireTypes.declared(execute.getParametersList()),
                session.services().catalogs().current());
    PlanPlaces places = places(plan, execute.getParametersList(), asked);
    Complete.Builder done = Complete.newBuilder();
    List<String> lines;
    if (explain.analyze()) {
      AnalyzeWork work = new AnalyzeWork(session, request, execute.getParametersList(), plan);
      done =
          transactions.isOpen()
              ? transactions.runInOpen(work)
              : transactions.runAlone(work, asked, request);
      lines = work.lines(places == null ? PlanText.Notes.NONE : places);
    } else {
      lines =
          new ArrayList<>(
              PlanText.lines(plan.plan(), places == null ? PlanText.Notes.NONE : places));
      if (places != null) {
        lines.add(places.summary());
      }
    }
    ResultSender sender = session.sender(request);
    sender.describe(COLUMNS);
    lines.forEach(line -> sender.row(new Object[] {line}));
    sender.flush();
    return done.setTag("EXPLAIN").setUpdateCount(-1);
  }

  private @Nullable PlanPlaces places(
      PlannedStatement plan, List<Value> given, TransactionRequest asked) {
    Universe universe = session.services().universe();
    Router router = universe.router();
    if (router == null) {
      return null;
    }
    boolean known = given.size() == plan.parameters().size();
    List<@Nullable Object> parameters = new ArrayList<>();
    if (known) {
      parameters = WireTypes.decode(given, plan.parameters());
    } else {
      for (int i = 0; i < plan.parameters().size(); i++) {
        parameters.add(null);
      }
    }
    ExprBinder binder =
        session.binder(parameters, session.services().gateway().nowLatest().toInstant());
    int unknown = known ? 0 : plan.parameters().size();
    Function<Expr, @Nullable Object> values =
        expr -> {
          if (needs(expr, unknown)) {
            throw new PlanPlaces.UnknownValueException();
          }
          return Evaluator.compile(binder.bind(expr)).eval(NO_TUPLE);
        };
    return new PlanPlaces(universe, router, values, bound(plan, parameters, asked));
  }

  private static boolean needs(Expr expr, int unknown) {
    return switch (expr) {
      case Expr.Parameter parameter -> parameter.index() < unknown;
      case Expr.Call call -> call.arguments().stream().anyMatch(each -> needs(each, unknown));
      case Expr.Literal _, Expr.Column _ -> false;
    };
  }

  /** How fresh its reads must be; null if it locks what it reads. */
  private @Nullable TimestampBound bound(
      PlannedStatement plan, List<@Nullable Object> parameters, TransactionRequest asked) {
    if (transactions.isOpen()) {
      return transactions.openBound();
    }
    if (plan.needsWriteTransaction()) {
      return null;
    }
    return plan.asOf() == null ? asked.bound() : ReadTimes.of(plan.asOf(), session, parameters);
  }
}
