package io.meridiandb.sql.session;

import io.meridiandb.row.expr.ExprBinder;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.SystemView;
import io.meridiandb.sql.catalog.SystemViews;
import io.meridiandb.sql.exec.MemoryAccount;
import io.meridiandb.sql.exec.Probe;
import io.meridiandb.sql.exec.QueryContext;
import io.meridiandb.sql.exec.TableCodecs;
import io.meridiandb.sql.plan.PlanCache.Prepared;
import io.meridiandb.sql.plan.calcite.Functions;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the statements of a session have in common. Used by the session's fiber alone. */
final class SessionContext {
  private static final String USER = "meridian";

  private final SessionServices services;
  private final Connection connection;
  private final TableCodecs codecs = new TableCodecs();

  SessionContext(SessionServices services, Connection connection) {
    this.services = services;
    this.connection = connection;
  }

  SessionServices services() {
    return services;
  }

  /**
   * Plans a statement with the newest known catalog; a name that is not in it is looked for again
   * in the newest catalog there is.
   */
  Prepared prepare(String sql, List<@Nullable SqlType> declared) {
    Catalog catalog = services.catalogs().current();
    try {
      return services.plans().prepare(sql, declared, catalog);
    } catch (MeridianException e) {
      Catalog newest = mayBeStale(e.code()) ? services.catalogs().reload() : catalog;
      if (newest.version().compareTo(catalog.version()) <= 0) {
        throw e;
      }
      return services.plans().prepare(sql, declared, newest);
    }
  }

  static boolean mayBeStale(ErrorCode code) {
    return switch (code) {
      case UNDEFINED_TABLE, UNDEFINED_COLUMN, AMBIGUOUS_COLUMN, DATATYPE_MISMATCH -> true;
      default -> false;
    };
  }

  ResultSender sender(RunningRequest request) {
    return new ResultSender(connection, request, services.env().fibers());
  }

  /** What one execution of a plan works with. */
  QueryContext query(
      OpenTransaction transaction,
      SchemaVersion schema,
      List<@Nullable Object> parameters,
      boolean checkNow,
      RunningRequest request) {
    return query(transaction, schema, parameters, checkNow, request, null);
  }

  /** As the other; {@code probe} counts what is done. */
  QueryContext query(
      OpenTransaction transaction,
      SchemaVersion schema,
      List<@Nullable Object> parameters,
      boolean checkNow,
      RunningRequest request,
      @Nullable Probe probe) {
    return new QueryContext(
        transaction.transaction(),
        schema,
        binder(parameters, transaction.now()),
        checkNow,
        new QueryContext.Resources(
            request.guard(),
            new MemoryAccount(services.memory(), MemoryAccount.BYTES_DEFAULT),
            codecs,
            this::viewRows,
            probe));
  }

  private List<@Nullable Object[]> viewRows(String schema, String name) {
    SystemView view = SystemViews.view(schema + "." + name);
    if (view == null) {
      throw new MeridianException(
          ErrorCode.UNDEFINED_TABLE, "view \"" + schema + "." + name + "\" does not exist");
    }
    return view(view);
  }

  /** The rows of a view, as things are now. */
  List<@Nullable Object[]> view(SystemView view) {
    return view.rows()
        .apply(new SystemView.Source(services.catalogs().reload(), services.universe()));
  }

  /** The user's values, and behind them what the session gives. */
  ExprBinder binder(List<@Nullable Object> parameters, Instant now) {
    Functions.Context[] contexts = Functions.Context.values();
    @Nullable Object[] values = new Object[parameters.size() + contexts.length];
    for (int i = 0; i < parameters.size(); i++) {
      values[i] = parameters.get(i);
    }
    for (Functions.Context context : contexts) {
      values[parameters.size() + context.ordinal()] =
          switch (context) {
            case NOW -> now;
            case DATABASE -> SystemViews.DATABASE;
            case SCHEMA -> SystemViews.SCHEMA;
            case USER -> USER;
            case VERSION -> "Meridian " + services.info().version();
          };
    }
    return new ExprBinder(values);
  }
}
