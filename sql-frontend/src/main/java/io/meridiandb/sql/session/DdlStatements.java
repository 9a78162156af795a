package io.meridiandb.sql.session;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.Ddl;
import io.meridiandb.sql.catalog.PlacementDefinition;
import io.meridiandb.sql.catalog.RowCleanup;
import io.meridiandb.sql.catalog.TableBuilder;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Positions;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.plan.StatementPlanner;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.Complete;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * CREATE, DROP and ALTER. Where data is placed is changed by {@link PlacementAdmin}, in
 * transactions of its own, before the catalog says so: so that no row is ever written where its
 * placement has no group yet. What is left over by a statement that fails in between is empty and
 * never named again.
 */
final class DdlStatements {
  /** How often a table is made anew because placements came or went meanwhile. */
  private static final int ROUNDS_MAX = 10;

  private static final long MICROS_PER_MILLI = 1_000;

  private final SessionContext session;
  private final Transactions transactions;
  private final PlacementAdmin placements;
  private final Ddl ddl;

  DdlStatements(SessionContext session, Transactions transactions) {
    this.session = session;
    this.transactions = transactions;
    this.placements = session.services().universe().placements();
    this.ddl = new Ddl(placements);
  }

  /** What a statement is run with. */
  private record Run(String sql, TransactionRequest asked, RunningRequest request) {}

  /** Runs a statement that changes the catalog. */
  Complete.Builder run(
      String sql, Statement statement, TransactionRequest asked, RunningRequest request) {
    if (transactions.isOpen()) {
      throw new MeridianException(
              ErrorCode.ACTIVE_TRANSACTION,
              "CREATE, DROP and ALTER cannot run inside a transaction block")
          .withHint("COMMIT or ROLLBACK first: each of them is a transaction of its own.");
    }
    Run run = new Run(sql, asked, request);
    try {
      return switch (statement) {
        case Statement.CreateTable create -> createTable(create, run);
        case Statement.DropTable drop -> dropTable(drop, run);
        case Statement.CreatePlacement create -> createPlacement(create, run);
        case Statement.DropPlacement drop -> dropPlacement(drop, run);
        case Statement.AlterPlacement alter -> alterPlacement(alter);
        case Statement.MoveTable move -> moveTable(move, run);
        default -> throw new IllegalArgumentException("no DDL");
      };
    } catch (PositionedException e) {
      throw e.error().at(Positions.of(sql, e.position()));
    }
  }

  private Complete.Builder change(Run run, String tag, Function<Transaction, Ddl.Result> change) {
    return transactions.runAlone(
        new DdlWork(session, run.sql, tag, change), run.asked, run.request);
  }

  private Catalog current() {
    return session.services().catalogs().current();
  }

  private TableBuilder.DefaultTranslator defaults(String sql) {
    StatementPlanner planner = session.services().plans().planner(current());
    return (value, type) -> planner.defaultValue(sql, value, type);
  }

  private Complete.Builder createTable(Statement.CreateTable create, Run run) {
    if (create.placement().equals(Statement.TablePlacement.NONE)) {
      return change(
          run, "CREATE TABLE", transaction -> ddl.create(transaction, create, defaults(run.sql)));
    }
    for (int round = 1; ; round++) {
      try {
        return createPlaced(create, run);
      } catch (Ddl.PlacementsChangedException e) {
        if (round >= ROUNDS_MAX) {
          throw new MeridianException(
              ErrorCode.SERIALIZATION_FAILURE, "placements change all the time", e);
        }
      }
    }
  }

  private Complete.Builder createPlaced(Statement.CreateTable create, Run run) {
    Catalog catalog = session.services().catalogs().reload();
    List<PlacementInfo> known = placements.placements();
    TableBuilder.Surroundings surroundings =
        new TableBuilder.Surroundings(catalog, known, defaults(run.sql));
    boolean exists = catalog.table(TableBuilder.simpleName(create.name())) != null;
    long id = 0;
    if (!exists) {
      TableBuilder.build(create, 0, surroundings); // says what is wrong before anything is done
      id = takeId(run);
      TableDescriptor table = TableBuilder.build(create, id, surroundings);
      for (long placement : KeyCodec.of(table).placements()) {
        placements.assign(KeyCodec.placementRange(table, placement), placement);
      }
    }
    long taken = id;
    return change(
        run,
        "CREATE TABLE",
        transaction -> ddl.createPlaced(transaction, create, taken, known, defaults(run.sql)));
  }

  private long takeId(Run run) {
    AtomicLong id = new AtomicLong();
    // No number of the client's: the statement has only one, and it is for the change itself.
    transactions.runAlone(
        new DdlWork(
            session,
            run.sql,
            "",
            transaction -> {
              id.set(Ddl.takeId(transaction));
              return new Ddl.Result(null, List.of(), null);
            }),
        TransactionRequest.OWN,
        run.request);
    return id.get();
  }

  private Complete.Builder dropTable(Statement.DropTable drop, Run run) {
    DdlWork work =
        new DdlWork(session, run.sql, "DROP TABLE", transaction -> ddl.drop(transaction, drop));
    Complete.Builder done = transactions.runAlone(work, run.asked, run.request);
    for (TableDescriptor table : work.removed()) {
      cleanUp(table, run.request);
    }
    return done;
  }

  /** Frees what a dropped table has left, best effort: its rows are invisible already. */
  private void cleanUp(TableDescriptor table, RunningRequest request) {
    RowCleanup cleanup = new RowCleanup(table);
    try {
      boolean more = true;
      while (more) {
        SchemaVersion schema = current().version();
        more = new CleanupStep(cleanup, schema).run(transactions, request);
      }
      if (table.parent() == null && !table.placement().equals(Placement.DEFAULT)) {
        for (long placement : KeyCodec.of(table).placements()) {
          placements.move(KeyCodec.placementRange(table, placement), PlacementInfo.DEFAULT_ID);
        }
      }
    } catch (MeridianException e) {
      session
          .services()
          .env()
          .events()
          .event(
              Events.Level.WARNING,
              "sql.ddl",
              "what the dropped table "
                  + table.name()
                  + " has left could not all be removed: "
                  + e.getMessage());
    }
  }

  private Complete.Builder createPlacement(Statement.CreatePlacement create, Run run) {
    String name = PlacementDefinition.name(create.name());
    PlacementInfo placement = placements.find(name);
    Complete.Builder done = Complete.newBuilder().setTag("CREATE PLACEMENT").setUpdateCount(0);
    if (placement != null) {
      if (!create.ifNotExists()) {
        throw new PositionedException(
            new MeridianException(
                ErrorCode.DUPLICATE_OBJECT, "placement \"" + name + "\" already exists"),
            create.name().getParserPosition());
      }
      done.addNotices("placement \"" + name + "\" already exists, skipping");
    } else {
      placement =
          placements.create(
              name, PlacementDefinition.options(create, session.services().universe().topology()));
    }
    // Also for one that exists: an earlier attempt may have died in between.
    allow(placement, run);
    return done;
  }

  /** Lets the rows of all tables with a placement key name the placement. */
  private void allow(PlacementInfo placement, Run run) {
    if (placement.id() == PlacementInfo.DEFAULT_ID) {
      return;
    }
    List<Long> assigned = new ArrayList<>();
    Catalog catalog = session.services().catalogs().reload();
    for (int round = 1; round <= ROUNDS_MAX; round++) {
      boolean complete = true;
      for (TableDescriptor table : catalog.tables()) {
        if (table.placement() instanceof Placement.ByRow byRow
            && byRow.id(placement.name()) == null) {
          complete = false;
          if (!assigned.contains(table.id())) {
            placements.assign(KeyCodec.placementRange(table, placement.id()), placement.id());
            assigned.add(table.id());
          }
        }
      }
      if (complete) {
        return;
      }
      transactions.runAlone(
          new DdlWork(
              session,
              run.sql,
              "",
              transaction -> ddl.allowPlacement(transaction, placement, assigned)),
          TransactionRequest.OWN,
          run.request);
      catalog = session.services().catalogs().reload();
    }
  }

  private Complete.Builder alterPlacement(Statement.AlterPlacement alter) {
    String name = PlacementDefinition.name(alter.name());
    PlacementInfo placement = placements.find(name);
    if (placement == null) {
      throw PlacementDefinition.missing(alter.name(), placements.placements());
    }
    if (placement.id() == PlacementInfo.DEFAULT_ID) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.FEATURE_NOT_SUPPORTED,
                  "placement \"default\" has the replicas that the universe was made with")
              .withHint("Create a placement, and move tables there."),
          alter.name().getParserPosition());
    }
    placements.alter(
        name,
        PlacementDefinition.options(
            alter, placement.options(), session.services().universe().topology()));
    return Complete.newBuilder().setTag("ALTER PLACEMENT").setUpdateCount(0);
  }

  private Complete.Builder dropPlacement(Statement.DropPlacement drop, Run run) {
    String name = PlacementDefinition.name(drop.name());
    PlacementInfo placement = placements.find(name);
    Complete.Builder done = Complete.newBuilder().setTag("DROP PLACEMENT").setUpdateCount(0);
    if (placement == null) {
      if (drop.ifExists()) {
        return done.addNotices("placement \"" + name + "\" does not exist, skipping");
      }
      throw PlacementDefinition.missing(drop.name(), placements.placements());
    }
    if (placement.id() == PlacementInfo.DEFAULT_ID) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.DEPENDENT_OBJECTS,
              "placement \"default\" holds the catalog and cannot be dropped"),
          drop.name().getParserPosition());
    }
    Catalog before = session.services().catalogs().reload();
    change(run, "DROP PLACEMENT", transaction -> ddl.forbidPlacement(transaction, placement));
    for (TableDescriptor table : before.tables()) {
      if (table.placement() instanceof Placement.ByRow byRow && byRow.id(name) != null) {
        placements.move(KeyCodec.placementRange(table, placement.id()), PlacementInfo.DEFAULT_ID);
      }
    }
    placements.drop(name);
    return done;
  }

  private Complete.Builder moveTable(Statement.MoveTable move, Run run) {
    TableDescriptor table = Ddl.table(session.services().catalogs().reload(), move.table());
    PlacementInfo placement = placements.find(PlacementDefinition.name(move.placement()));
    if (placement == null) {
      throw PlacementDefinition.missing(move.placement(), placements.placements());
    }
    if (table.parent() != null) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.INVALID_TABLE_DEFINITION,
                  "table \"%s\" is interleaved in \"%s\" and moves with it"
                      .formatted(table.name(), table.root().name()))
              .withHint("ALTER TABLE " + table.root().name() + " MOVE TO PLACEMENT ..."),
          move.table().getParserPosition());
    }
    if (!(table.placement() instanceof Placement.OfTable whole)) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.INVALID_TABLE_DEFINITION,
                  "each row of table \"%s\" says where it is kept".formatted(table.name()))
              .withHint(
                  "UPDATE its placement key \"%s\"."
                      .formatted(table.columns().get(table.placementColumn()).name())),
          move.table().getParserPosition());
    }
    MoveReport report =
        placements.move(KeyCodec.placementRange(table, whole.keyId()), placement.id());
    Complete.Builder done =
        change(run, "ALTER TABLE", transaction -> ddl.place(transaction, move.table(), placement));
    return done.addNotices(
        "moved %d rows (%d bytes) in %d rounds; blocked for %d.%03d ms"
            .formatted(
                report.rows(),
                report.bytes(),
                report.rounds(),
                report.blockedMicros() / MICROS_PER_MILLI,
                report.blockedMicros() % MICROS_PER_MILLI));
  }
}
