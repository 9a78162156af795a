package io.meridiandb.simulator.workload;

import io.meridiandb.simulator.check.Op;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of numbers by number, or of lists by number, whose statements write down what they did.
 * In a history its keys are its ordinal and the row's id together. In some runs each row says in
 * which placement it is kept, and some changes take it to another.
 */
final class KeyTable {
  private static final int ID_BITS = 40;

  /** One change of so many moves the row to another placement. */
  private static final int MOVED_OF = 4;

  private final Run run;
  private final String name;
  private final long base;
  private List<String> places = List.of();

  /**
   * A table.
   *
   * @param ordinal tells the tables of one workload apart
   */
  KeyTable(Run run, String name, int ordinal) {
    this.run = run;
    this.name = name;
    this.base = (long) ordinal << ID_BITS;
  }

  void create(SqlClient client) throws SqlFailed, LinkLost {
    create(client, "n BIGINT NOT NULL");
  }

  void createLists(SqlClient client) throws SqlFailed, LinkLost {
    create(client, "elements TEXT NOT NULL");
  }

  private void create(SqlClient client, String column) throws SqlFailed, LinkLost {
    places = run.rowPlacementsOf(name);
    String where = places.isEmpty() ? run.placementOf(name) : "";
    String place = places.isEmpty() ? "" : ", place TEXT PLACEMENT KEY";
    client.execute(
        "CREATE TABLE %s (id BIGINT PRIMARY KEY, %s%s)%s".formatted(name, column, place, where));
  }

  private boolean byRow() {
    return !places.isEmpty();
  }

  /** One of the placements that rows may name. */
  private Value place(long any) {
    return Values.ofText(Type.Kind.TEXT, places.get(Math.floorMod(any, places.size())));
  }

  /** Whether the change that writes this number also moves the row. */
  private boolean moves(long value) {
    return byRow() && value % MOVED_OF == 0;
  }

  long read(Tape tape, long id) throws SqlFailed, LinkLost {
    List<List<Value>> rows =
        tape.execute("SELECT n FROM " + name + tape.asOf() + " WHERE id = ?", of(id));
    long seen = rows.isEmpty() ? Op.ABSENT : rows.getFirst().getFirst().getInteger();
    tape.add(new Op.Read(base + id, seen));
    return seen;
  }

  List<Op.Row> range(Tape tape, long from, long to) throws SqlFailed, LinkLost {
    List<Op.Row> seen = new ArrayList<>();
    String sql =
        "SELECT id, n FROM " + name + tape.asOf() + " WHERE id >= ? AND id < ? ORDER BY id";
    for (List<Value> row : tape.execute(sql, of(from), of(to))) {
      seen.add(new Op.Row(base + row.getFirst().getInteger(), row.getLast().getInteger()));
    }
    tape.add(new Op.ReadRange(base + from, base + to, seen));
    return seen;
  }

  void insert(Tape tape, long id, long value) throws SqlFailed, LinkLost {
    tape.add(new Op.Write(base + id, value));
    if (byRow()) {
      tape.execute(
          "INSERT INTO " + name + " (id, n, place) VALUES (?, ?, ?)", of(id), of(value), place(id));
    } else {
      tape.execute("INSERT INTO " + name + " (id, n) VALUES (?, ?)", of(id), of(value));
    }
  }

  /** Changes a row that exists. */
  void write(Tape tape, long id, long value) throws SqlFailed, LinkLost {
    tape.add(new Op.Write(base + id, value));
    if (moves(value)) {
      tape.execute(
          "UPDATE " + name + " SET n = ?, place = ? WHERE id = ?",
          of(value),
          place(value / MOVED_OF),
          of(id));
    } else {
      tape.execute("UPDATE " + name + " SET n = ? WHERE id = ?", of(value), of(id));
    }
  }

  /** Adds to a row that exists. */
  void add(Tape tape, long id, long delta) throws SqlFailed, LinkLost {
    tape.add(new Op.Increment(base + id, delta));
    tape.execute("UPDATE " + name + " SET n = n + ? WHERE id = ?", of(delta), of(id));
  }

  void insertList(Tape tape, long id) throws SqlFailed, LinkLost {
    if (byRow()) {
      tape.execute(
          "INSERT INTO " + name + " (id, elements, place) VALUES (?, '', ?)", of(id), place(id));
    } else {
      tape.execute("INSERT INTO " + name + " (id, elements) VALUES (?, '')", of(id));
    }
  }

  void append(Tape tape, long id, long element) throws SqlFailed, LinkLost {
    tape.add(new Op.Append(base + id, element));
    Value more = Values.ofText(Type.Kind.TEXT, element + " ");
    if (moves(element)) {
      tape.execute(
          "UPDATE " + name + " SET elements = elements || ?, place = ? WHERE id = ?",
          more,
          place(element / MOVED_OF),
          of(id));
    } else {
      tape.execute("UPDATE " + name + " SET elements = elements || ? WHERE id = ?", more, of(id));
    }
  }

  void readList(Tape tape, long id) throws SqlFailed, LinkLost {
    List<List<Value>> rows =
        tape.execute("SELECT elements FROM " + name + tape.asOf() + " WHERE id = ?", of(id));
    String text = rows.isEmpty() ? "" : rows.getFirst().getFirst().getText();
    List<Long> elements =
        text.isBlank() ? List.of() : Arrays.stream(text.split(" ")).map(Long::parseLong).toList();
    tape.add(new Op.ReadList(base + id, elements));
  }

  private static Value of(long value) {
    return Values.ofInteger(Type.Kind.BIGINT, value);
  }
}
