package io.meridiandb.paxos.core;

import java.util.Map;
import java.util.TreeMap;

/**
 * How often each kind of fault happened, and how often it mattered: the protocol had to repeat,
 * ignore, wait, elect, refuse or repair. A kind that never matters proves nothing.
 */
final class FaultTable {
  private static final class Row {
    long fired;
    long mattered;
  }

  private final Map<String, Row> rows = new TreeMap<>();

  private Row row(String kind) {
    return rows.computeIfAbsent(kind, k -> new Row());
  }

  void fired(String kind) {
    row(kind).fired++;
  }

  void mattered(String kind) {
    row(kind).mattered++;
  }

  void add(FaultTable other) {
    other.rows.forEach((kind, theirs) -> {
      row(kind).fired += theirs.fired;
      row(kind).mattered += theirs.mattered;
    });
  }

  /** The kinds that happened and never mattered. */
  String inVain() {
    StringBuilder out = new StringBuilder();
    rows.forEach((kind, row) -> out.append(row.mattered == 0 ? kind + "; " : ""));
    return out.toString();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    rows.forEach((kind, row) ->
        out.append("%-22s fired %9d, mattered %9d%n".formatted(kind, row.fired, row.mattered)));
    return out.toString();
  }
}
