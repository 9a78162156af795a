package io.meridiandb.simulator.universe;

import io.meridiandb.kernel.id.ServerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tables that workloads have made, the placements that tables may lie in, and which tables
 * clients are at work on at this moment: what somebody who moves data needs to know, and what shows
 * whether a move met anybody.
 */
public final class Tables {
  /**
   * A root table whose primary key is one number, or begins with one.
   *
   * @param name as SQL calls it
   * @param rowPlacements what its placement key may say; empty if the table is placed as a whole
   */
  public record Table(String name, List<String> rowPlacements) {
    public Table {
      rowPlacements = List.copyOf(rowPlacements);
    }

    /** Whether each row says where it is kept. */
    public boolean byRow() {
      return !rowPlacements.isEmpty();
    }
  }

  private final List<Table> made = new ArrayList<>();
  private final List<String> placements = new ArrayList<>();
  private final Map<ServerId, List<String>> open = new TreeMap<>();

  /** A table has been made. */
  public void made(Table table) {
    made.add(table);
  }

  /** All tables of workloads, in the order in which they were made. */
  public List<Table> all() {
    return List.copyOf(made);
  }

  /** A placement has been made. */
  public void placement(String name) {
    placements.add(name);
  }

  /** A placement has been dropped. */
  public void dropped(String name) {
    placements.remove(name);
  }

  /** All placements but the default one. */
  public List<String> placements() {
    return List.copyOf(placements);
  }

  /** A client sends a statement; what it did is open until {@link #ended}. */
  public void begins(ServerId client, String sql) {
    open.computeIfAbsent(client, machine -> new ArrayList<>()).add(sql);
  }

  /** The client knows how its transaction has ended, or will not know. */
  public void ended(ServerId client) {
    open.remove(client);
  }

  /** Whether a client has an open transaction, or a statement on its way, that touches a table. */
  public boolean isBusy(Table table) {
    return open.values().stream()
        .flatMap(List::stream)
        .anyMatch(sql -> touchesRows(sql) && sql.contains(table.name()));
  }

  /** Whether any client has one that touches any table. */
  public boolean isBusy() {
    return made.stream().anyMatch(this::isBusy);
  }

  private static boolean touchesRows(String sql) {
    return sql.startsWith("SELECT")
        || sql.startsWith("INSERT")
        || sql.startsWith("UPDATE")
        || sql.startsWith("DELETE");
  }
}
