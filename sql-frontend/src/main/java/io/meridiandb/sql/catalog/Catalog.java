package io.meridiandb.sql.catalog;

import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All tables as of one schema version; immutable, so a plan made with it stays consistent while DDL
 * goes on beside it.
 */
public final class Catalog {
  private final SchemaVersion version;
  private final SortedMap<String, TableDescriptor> tables;

  private Catalog(SchemaVersion version, SortedMap<String, TableDescriptor> tables) {
    this.version = version;
    this.tables = Collections.unmodifiableSortedMap(tables);
  }

  /** A catalog of these tables. */
  public static Catalog of(SchemaVersion version, Collection<TableDescriptor> tables) {
    SortedMap<String, TableDescriptor> byName = new TreeMap<>();
    tables.forEach(table -> byName.put(table.name(), table));
    return new Catalog(version, byName);
  }

  /** Which state of the schema this is. */
  public SchemaVersion version() {
    return version;
  }

  /** All tables, by name. */
  public Collection<TableDescriptor> tables() {
    return tables.values();
  }

  /** The table of this name, or null. */
  public @Nullable TableDescriptor table(String name) {
    return tables.get(name);
  }

  /** The tables interleaved in {@code parent} itself, by name. */
  public List<TableDescriptor> children(TableDescriptor parent) {
    List<TableDescriptor> children = new ArrayList<>();
    for (TableDescriptor table : tables.values()) {
      TableDescriptor above = table.parent();
      if (above != null && above.id() == parent.id()) {
        children.add(table);
      }
    }
    return children;
  }

  /** The tables interleaved in {@code parent} at any depth, the deepest first. */
  public List<TableDescriptor> descendants(TableDescriptor parent) {
    List<TableDescriptor> found = new ArrayList<>();
    for (TableDescriptor child : children(parent)) {
      found.addAll(descendants(child));
      found.add(child);
    }
    return found;
  }

  /** The next version, with one table more. */
  Catalog with(TableDescriptor table) {
    SortedMap<String, TableDescriptor> next = new TreeMap<>(tables);
    next.put(table.name(), table);
    return new Catalog(new SchemaVersion(version.value() + 1), next);
  }

  /** The next version, with other definitions of tables that it has. */
  Catalog replacing(Collection<TableDescriptor> changed) {
    SortedMap<String, TableDescriptor> next = new TreeMap<>(tables);
    changed.forEach(table -> next.put(table.name(), table));
    return new Catalog(new SchemaVersion(version.value() + 1), next);
  }

  /**
   * A root table placed otherwise, and with it the definitions of all tables that are interleaved
   * in it.
   */
  List<TableDescriptor> placed(TableDescriptor root, Placement placement) {
    List<TableDescriptor> changed = new ArrayList<>();
    for (TableDescriptor table : tables.values()) {
      if (table.root().id() == root.id()) {
        changed.add(table.placed(placement));
      }
    }
    return changed;
  }

  /** The next version, without these tables. */
  Catalog without(Collection<TableDescriptor> gone) {
    SortedMap<String, TableDescriptor> next = new TreeMap<>(tables);
    gone.forEach(table -> next.remove(table.name()));
    return new Catalog(new SchemaVersion(version.value() + 1), next);
  }
}
