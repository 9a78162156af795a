package io.meridiandb.sql.catalog;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.TableBuilder.DefaultTranslator;
import io.meridiandb.sql.catalog.TableBuilder.Surroundings;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the catalog inside a transaction that the caller commits: a statement is atomic, and
 * the checks are made on the catalog that the transaction itself reads, not on a cached one. The
 * new version is written in group 0, and in each group that holds rows of a table whose existing
 * definition changes: there, what was planned with the old one is refused from the commit on.
 */
public final class Ddl {
  private final PlacementAdmin placements;

  /**
   * What a statement did.
   *
   * @param catalog the catalog after the commit; null if nothing changed
   * @param removed tables whose rows are left behind, the deepest first
   * @param notice what the user is told, or null
   */
  public record Result(
      @Nullable Catalog catalog, List<TableDescriptor> removed, @Nullable String notice) {
    public Result {
      removed = List.copyOf(removed);
    }

    static Result changed(Catalog catalog) {
      return new Result(catalog, List.of(), null);
    }

    static Result nothing(String notice) {
      return new Result(null, List.of(), notice);
    }
  }

  /** Placements came or went while a table was made for them: begin again. */
  public static final class PlacementsChangedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PlacementsChangedException() {
      super("placements were changed meanwhile");
    }
  }

  /** Changes with the placements that {@code placements} knows. */
  public Ddl(PlacementAdmin placements) {
    this.placements = placements;
  }

  /** A new id for an object; never handed out again once the transaction commits. */
  public static long takeId(Transaction transaction) {
    return CatalogStore.nextId(transaction);
  }

  /**
   * Creates a table that is not placed.
   *
   * @throws PositionedException what is wrong with the definition
   */
  public Result create(
      Transaction transaction, Statement.CreateTable statement, DefaultTranslator defaults) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    Result skipped = ifExists(catalog, statement);
    if (skipped != null) {
      return skipped;
    }
    // The definition is checked before an id is taken, so that an error writes nothing.
    Surroundings surroundings = new Surroundings(catalog, List.of(), defaults);
    TableBuilder.build(statement, 0, surroundings);
    long id = CatalogStore.nextId(transaction);
    return add(transaction, catalog, TableBuilder.build(statement, id, surroundings));
  }

  /**
   * Creates a table whose key ranges have been assigned to placements already.
   *
   * @param id taken for it
   * @param known the placements that were there when the ranges were assigned
   * @throws PlacementsChangedException if they are others by now
   * @throws PositionedException what is wrong with the definition
   */
  public Result createPlaced(
      Transaction transaction,
      Statement.CreateTable statement,
      long id,
      List<PlacementInfo> known,
      DefaultTranslator defaults) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    Result skipped = ifExists(catalog, statement);
    if (skipped != null) {
      return skipped;
    }
    // No CREATE PLACEMENT can come between: it changes the catalog too, which is locked.
    if (!TablePlacements.names(placements.placements()).equals(TablePlacements.names(known))) {
      throw new PlacementsChangedException();
    }
    Surroundings surroundings = new Surroundings(catalog, known, defaults);
    return add(transaction, catalog, TableBuilder.build(statement, id, surroundings));
  }

  private static @Nullable Result ifExists(Catalog catalog, Statement.CreateTable statement) {
    String name = TableBuilder.simpleName(statement.name());
    if (catalog.table(name) == null) {
      return null;
    }
    if (statement.ifNotExists()) {
      return Result.nothing("table \"" + name + "\" already exists, skipping");
    }
    throw new PositionedException(
        new MeridianException(ErrorCode.DUPLICATE_TABLE, "table \"" + name + "\" already exists"),
        statement.name().getParserPosition());
  }

  private static Result add(Transaction transaction, Catalog catalog, TableDescriptor table) {
    Catalog next = catalog.with(table);
    CatalogStore.write(transaction, List.of(table));
    CatalogStore.putVersion(transaction, next.version(), List.of());
    return Result.changed(next);
  }

  /**
   * Drops a table, with CASCADE also those interleaved in it.
   *
   * @throws PositionedException UNDEFINED_TABLE or DEPENDENT_OBJECTS
   */
  public Result drop(Transaction transaction, Statement.DropTable statement) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    String name = TableBuilder.simpleName(statement.name());
    if (catalog.table(name) == null && statement.ifExists()) {
      return Result.nothing("table \"" + name + "\" does not exist, skipping");
    }
    TableDescriptor table = table(catalog, statement.name());
    List<TableDescriptor> gone = new ArrayList<>(catalog.descendants(table));
    if (!gone.isEmpty() && !statement.cascade()) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.DEPENDENT_OBJECTS,
                  "cannot drop table \"%s\": table \"%s\" is interleaved in it"
                      .formatted(name, gone.getLast().name()))
              .withHint("Drop that one first, or write DROP TABLE ... CASCADE."),
          statement.name().getParserPosition());
    }
    gone.add(table);
    Catalog next = catalog.without(gone);
    CatalogStore.remove(transaction, gone);
    CatalogStore.putVersion(transaction, next.version(), owners(transaction, List.of(table)));
    return new Result(next, gone, null);
  }

  /**
   * The table of a name.
   *
   * @throws PositionedException UNDEFINED_TABLE
   */
  public static TableDescriptor table(Catalog catalog, SqlIdentifier identifier) {
    String name = TableBuilder.simpleName(identifier);
    TableDescriptor table = catalog.table(name);
    if (table == null) {
      throw new PositionedException(
          new MeridianException(ErrorCode.UNDEFINED_TABLE, "table \"" + name + "\" does not exist"),
          identifier.getParserPosition());
    }
    return table;
  }

  /** Notes that a table, which has been moved, belongs to another placement now. */
  public Result place(Transaction transaction, SqlIdentifier name, PlacementInfo placement) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    TableDescriptor table = table(catalog, name);
    if (!(table.placement() instanceof Placement.OfTable whole)) {
      throw new MeridianException(
          ErrorCode.SERIALIZATION_FAILURE,
          "table \"" + table.name() + "\" was changed while it was moved");
    }
    List<TableDescriptor> changed =
        catalog.placed(table, new Placement.OfTable(whole.keyId(), placement.id()));
    // Keys stay as they are: plans made before go on being right, so no group has to refuse them.
    return replace(transaction, catalog, changed, List.of());
  }

  /**
   * Lets rows name a new placement.
   *
   * @param assigned the ids of the tables whose key range in it has been assigned
   * @return without a catalog if there is no table to change
   */
  public Result allowPlacement(
      Transaction transaction, PlacementInfo placement, Collection<Long> assigned) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    List<TableDescriptor> changed = new ArrayList<>();
    for (TableDescriptor table : catalog.tables()) {
      if (table.placement() instanceof Placement.ByRow byRow
          && byRow.id(placement.name()) == null
          && assigned.contains(table.id())) {
        changed.addAll(catalog.placed(table, byRow.with(placement.name(), placement.id())));
      }
    }
    return replace(transaction, catalog, changed, owners(transaction, changed));
  }

  /**
   * Takes a placement out of the tables whose rows may name it.
   *
   * @throws MeridianException DEPENDENT_OBJECTS if a table is placed there or a row names it
   */
  public Result forbidPlacement(Transaction transaction, PlacementInfo placement) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    List<TableDescriptor> changed = new ArrayList<>();
    List<TableDescriptor> before = new ArrayList<>();
    for (TableDescriptor table : catalog.tables()) {
      if (table.parent() != null) {
        continue;
      }
      switch (table.placement()) {
        case Placement.OfTable whole -> {
          if (whole.id() == placement.id()) {
            throw inUse(placement, table, "is kept there");
          }
        }
        case Placement.ByRow byRow -> {
          if (byRow.id(placement.name()) != null) {
            if (CatalogStore.anyRow(
                transaction, table, KeyCodec.placementRange(table, placement.id()))) {
              throw inUse(placement, table, "has rows there");
            }
            before.add(table);
            changed.addAll(catalog.placed(table, byRow.without(placement.name())));
          }
        }
      }
    }
    return replace(transaction, catalog, changed, owners(transaction, before));
  }

  private static MeridianException inUse(
      PlacementInfo placement, TableDescriptor table, String how) {
    return new MeridianException(
            ErrorCode.DEPENDENT_OBJECTS,
            "cannot drop placement \"%s\": table \"%s\" %s"
                .formatted(placement.name(), table.name(), how))
        .withHint(
            table.placement() instanceof Placement.ByRow
                ? "UPDATE its placement key, or DELETE the rows, first."
                : "ALTER TABLE " + table.name() + " MOVE TO PLACEMENT another, first.");
  }

  private static Result replace(
      Transaction transaction,
      Catalog catalog,
      List<TableDescriptor> changed,
      Collection<GroupId> owners) {
    if (changed.isEmpty()) {
      return new Result(null, List.of(), null);
    }
    Catalog next = catalog.replacing(changed);
    CatalogStore.write(transaction, changed);
    CatalogStore.putVersion(transaction, next.version(), owners);
    return Result.changed(next);
  }

  /** The groups that hold rows of tables; which those are does not change before the commit. */
  private SortedSet<GroupId> owners(Transaction transaction, List<TableDescriptor> tables) {
    Map<Long, TableDescriptor> roots = new LinkedHashMap<>();
    tables.forEach(table -> roots.put(table.root().id(), table.root()));
    SortedSet<GroupId> owners = new TreeSet<>();
    for (TableDescriptor root : roots.values()) {
      for (long id : KeyCodec.of(root).placements()) {
        owners.addAll(placements.lockOwners(transaction, KeyCodec.placementRange(root, id)));
      }
    }
    return owners;
  }
}
