package io.meridiandb.row.schema;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a root table, and of all that is interleaved in it, are kept. A row's key names
 * a placement, so that rows of different placements lie in different key ranges and can be held by
 * different groups.
 */
public sealed interface Placement {
  /** The placement that needs no name: everything that was not placed elsewhere. */
  long DEFAULT_ID = 0;

  /** A table that is not placed. */
  Placement DEFAULT = new OfTable(DEFAULT_ID, DEFAULT_ID);

  /**
   * All rows in one placement.
   *
   * @param keyId what keys carry; never changes, since a table that is moved keeps its keys
   * @param id the placement that the table belongs to now
   */
  record OfTable(long keyId, long id) implements Placement {}

  /**
   * Each row where a column of it says (PLACEMENT KEY).
   *
   * @param column the position of the column in the root table's columns
   * @param ids the placements that rows may name, and their ids
   */
  record ByRow(int column, SortedMap<String, Long> ids) implements Placement {
    public ByRow {
      ids = Collections.unmodifiableSortedMap(new TreeMap<>(ids));
    }

    /** The id of the placement that a row's value names, or null if there is none. */
    public @Nullable Long id(@Nullable Object name) {
      return name instanceof String text ? ids.get(text) : null;
    }

    /** The same with one placement more. */
    public ByRow with(String name, long id) {
      SortedMap<String, Long> more = new TreeMap<>(ids);
      more.put(name, id);
      return new ByRow(column, more);
    }

    /** The same without a placement. */
    public ByRow without(String name) {
      SortedMap<String, Long> fewer = new TreeMap<>(ids);
      fewer.remove(name);
      return new ByRow(column, fewer);
    }
  }
}
