package io.meridiandb.sql.catalog;

import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.TableBuilder.DefaultTranslator;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CREATE and DROP TABLE inside a transaction that the caller commits: a statement is atomic, and
 * the checks are made on the catalog that the transaction itself reads, not on a cached one.
 */
public final class Ddl {
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

    static Result nothing(String notice) {
      return new Result(null, List.of(), notice);
    }
  }

  private Ddl() {}

  /**
   * Creates a table.
   *
   * @throws PositionedException what is wrong with the definition
   */
  public static Result create(
      Transaction transaction, Statement.CreateTable statement, DefaultTranslator defaults) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    String name = TableBuilder.simpleName(statement.name());
    if (catalog.table(name) != null) {
      if (statement.ifNotExists()) {
        return Result.nothing("table \"" + name + "\" already exists, skipping");
      }
      throw new PositionedException(
          new MeridianException(ErrorCode.DUPLICATE_TABLE, "table \"" + name + "\" already exists"),
          statement.name().getParserPosition());
    }
    // The definition is checked before an id is taken, so that an error writes nothing.
    TableBuilder.build(statement, 0, catalog, defaults);
    long id = CatalogStore.nextId(transaction);
    TableDescriptor table = TableBuilder.build(statement, id, catalog, defaults);
    Catalog next = catalog.with(table);
    CatalogStore.add(transaction, table, next.version());
    return new Result(next, List.of(), null);
  }

  /**
   * Drops a table, with CASCADE also those interleaved in it.
   *
   * @throws PositionedException UNDEFINED_TABLE or DEPENDENT_OBJECTS
   */
  public static Result drop(Transaction transaction, Statement.DropTable statement) {
    Catalog catalog = CatalogStore.loadForChange(transaction);
    String name = TableBuilder.simpleName(statement.name());
    TableDescriptor table = catalog.table(name);
    if (table == null) {
      if (statement.ifExists()) {
        return Result.nothing("table \"" + name + "\" does not exist, skipping");
      }
      throw new PositionedException(
          new MeridianException(ErrorCode.UNDEFINED_TABLE, "table \"" + name + "\" does not exist"),
          statement.name().getParserPosition());
    }
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
    CatalogStore.remove(transaction, gone, next.version());
    return new Result(next, gone, null);
  }
}
