package io.meridiandb.row.key;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table's rows. Immutable; make one per descriptor and keep it.
 *
 * <p>A key is, one behind the other:
 *
 * <ol>
 *   <li>the key space, one byte: {@code 00} system tables (ids below {@link
 *       SystemTables#FIRST_USER_ID}), {@code 01} rows, {@code 02} global indexes, {@code 03} tables
 *       of one group ({@link GroupKeys});
 *   <li>the root table's id and the id of the placement that the row is in (0 for a table that is
 *       not placed), each as the ordered integer of {@link KeyPartCodec}; in key space 03 the
 *       number of the group and then the table's id;
 *   <li>the root table's key parts, each as {@link KeyPartCodec} writes them;
 *   <li>for a table interleaved in it, that table's id as ordered integer, and the key parts which
 *       it adds to its parent's; and so on downwards.
 * </ol>
 *
 * <p>So a row is followed by the rows interleaved in it, and its key is a prefix of theirs alone.
 *
 * <p>Rows that are placed one by one ({@link Placement.ByRow}) have a range of keys for each
 * placement. A row's own key follows from its values; prefixes and ranges are of one placement, so
 * they are asked of {@link #in} or of each of {@link #perPlacement}.
 */
public final class KeyCodec {
  private static final int SPACE_SYSTEM = 0;
  private static final int SPACE_ROWS = 1;
  private static final long[] NONE = {};

  private final TableDescriptor table;

  /** What keys begin with, by placement id; the only one of a table that is placed as a whole. */
  private final SortedMap<Long, Key> heads;

  /** The only head that is possible here; null if rows name their placements. */
  private final @Nullable Key head;

  /** The column that names a row's placement; -1 if there is none. */
  private final int placementColumn;

  private final Part[] parts;

  /** Ids that stand before part i; the last entry's stand behind all parts. */
  private final long[][] idsBefore;

  private record Part(int column, SqlType type, boolean descending) {}

  /**
   * A bound of a range on one key part.
   *
   * @param value what the part is compared with; never null
   * @param inclusive whether the part may be equal to it
   */
  public record Bound(Object value, boolean inclusive) {}

  private KeyCodec(TableDescriptor table, SortedMap<Long, Key> heads) {
    this.table = table;
    this.heads = heads;
    this.placementColumn = table.placementColumn();
    this.head = heads.size() == 1 ? heads.firstEntry().getValue() : null;
    Invariants.check(
        head != null || placementColumn >= 0, "rows of table %s cannot be placed", table.name());
    this.parts = new Part[table.primaryKey().size()];
    for (int i = 0; i < parts.length; i++) {
      KeyPart part = table.primaryKey().get(i);
      parts[i] =
          new Part(part.column(), table.columns().get(part.column()).type(), part.descending());
    }
    this.idsBefore = idsBefore(table);
  }

  private KeyCodec(TableDescriptor table, Key only, long placementId) {
    this(table, new TreeMap<>(Collections.singletonMap(placementId, only)));
  }

  private static SortedMap<Long, Key> heads(TableDescriptor root) {
    SortedMap<Long, Key> heads = new TreeMap<>();
    switch (root.placement()) {
      case Placement.OfTable whole -> heads.put(whole.keyId(), head(root, whole.keyId()));
      case Placement.ByRow byRow ->
          byRow.ids().values().forEach(id -> heads.put(id, head(root, id)));
    }
    return heads;
  }

  private static Key head(TableDescriptor root, long placementId) {
    KeyWriter out = new KeyWriter();
    if (SystemTables.isLocal(root.id())) {
      out.put(GroupKeys.SPACE);
      KeyPartCodec.writeInteger(out, placementId); // the group comes first: its rows lie together
      KeyPartCodec.writeInteger(out, root.id());
      return out.toKey();
    }
    out.put(root.id() < SystemTables.FIRST_USER_ID ? SPACE_SYSTEM : SPACE_ROWS);
    KeyPartCodec.writeInteger(out, root.id());
    KeyPartCodec.writeInteger(out, placementId);
    return out.toKey();
  }

  private static long[][] idsBefore(TableDescriptor table) {
    List<List<Long>> ids = new ArrayList<>();
    for (int i = 0; i <= table.primaryKey().size(); i++) {
      ids.add(new ArrayList<>());
    }
    TableDescriptor child = table;
    for (TableDescriptor parent = table.parent(); parent != null; parent = parent.parent()) {
      ids.get(parent.primaryKey().size()).addFirst(child.id());
      child = parent;
    }
    return ids.stream()
        .map(list -> list.isEmpty() ? NONE : list.stream().mapToLong(Long::longValue).toArray())
        .toArray(long[][]::new);
  }

  /** The codec of a table. */
  public static KeyCodec of(TableDescriptor table) {
    return new KeyCodec(table, heads(table.root()));
  }

  /**
   * All keys of a root table's rows in one placement, those of interleaved tables included: what a
   * directory of a new table covers.
   */
  public static KeyRange placementRange(TableDescriptor root, long placementId) {
    return KeyRange.prefix(head(root.root(), placementId));
  }

  /** The table whose keys these are. */
  public TableDescriptor table() {
    return table;
  }

  /** The placements that rows of the table may be in, by id. */
  public List<Long> placements() {
    return List.copyOf(heads.keySet());
  }

  /** The same keys for one placement only. */
  public KeyCodec in(long placementId) {
    Key only = heads.get(placementId);
    if (only == null) {
      throw Invariants.unreachable("table %s has no placement %d", table.name(), placementId);
    }
    return heads.size() == 1 ? this : new KeyCodec(table, only, placementId);
  }

  /** For each placement the codec that is its own. */
  public List<KeyCodec> perPlacement() {
    return heads.size() == 1 ? List.of(this) : heads.keySet().stream().map(this::in).toList();
  }

  /**
   * The placement that a value of the placement column names.
   *
   * @return its id; null if there is none of this name
   */
  public @Nullable Long placement(@Nullable Object name) {
    Long id = table.root().placement() instanceof Placement.ByRow byRow ? byRow.id(name) : null;
    return id != null && heads.containsKey(id) ? id : null;
  }

  /**
   * The key of a row.
   *
   * @param row its values in the order of the table's columns; those of the key must be there, and
   *     the name of the placement if rows are placed one by one
   * @throws io.meridiandb.wire.MeridianException PROGRAM_LIMIT_EXCEEDED for a key of more than
   *     {@link Key#BYTES_MAX} bytes, UNDEFINED_OBJECT for a placement that does not exist
   */
  public Key encode(@Nullable Object[] row) {
    return encode(row, headOf(row));
  }

  /**
   * The keys that a row of the same primary key would have in the other placements: none of them
   * may exist beside it. Empty if the placement is part of the key itself.
   */
  public List<Key> encodeElsewhere(@Nullable Object[] row) {
    if (head != null || placementInKey()) {
      return List.of();
    }
    Key own = headOf(row);
    return heads.values().stream()
        .filter(other -> !other.equals(own))
        .map(other -> encode(row, other))
        .toList();
  }

  /** Whether the column that places a row is part of its primary key. */
  public boolean placementInKey() {
    return Arrays.stream(parts).anyMatch(part -> part.column == placementColumn);
  }

  private Key headOf(@Nullable Object[] row) {
    Key only = head;
    if (only != null && placementColumn < 0) {
      return only;
    }
    Object name = row[placementColumn];
    Long id = placement(name);
    Key found = id == null ? null : heads.get(id);
    if (found == null) {
      throw new MeridianException(
              ErrorCode.UNDEFINED_OBJECT,
              "placement \"%s\" does not exist: column \"%s\" of table \"%s\" names where a row is kept"
                  .formatted(name, table.columns().get(placementColumn).name(), table.name()))
          .withHint(
              table.root().placement() instanceof Placement.ByRow byRow && !byRow.ids().isEmpty()
                  ? "Placements: " + String.join(", ", byRow.ids().keySet()) + "."
                  : "CREATE PLACEMENT makes one.");
    }
    return found;
  }

  private Key encode(@Nullable Object[] row, Key from) {
    KeyWriter out = start(from);
    for (int i = 0; i < parts.length; i++) {
      Part part = parts[i];
      KeyPartCodec.write(out, part.type, row[part.column], part.descending);
      writeIds(out, i + 1);
    }
    return out.toKey();
  }

  /** The key of the row in which this row is interleaved; only for a table with a parent. */
  public Key encodeParent(@Nullable Object[] row) {
    TableDescriptor parent = table.parent();
    if (parent == null) {
      throw Invariants.unreachable("table %s has no parent", table.name());
    }
    int count = parent.primaryKey().size();
    KeyWriter out = start(headOf(row));
    for (int i = 0; i < count; i++) {
      Part part = parts[i];
      KeyPartCodec.write(out, part.type, row[part.column], part.descending);
      // The ids behind the parent's last part lead to this table; one of them less is the parent.
      writeIds(out, i + 1, i + 1 == count ? 1 : 0);
    }
    return out.toKey();
  }

  /**
   * What all keys begin with whose first parts are {@code values}; with no values, all keys of the
   * table's root. Complete parent parts include this table's id, so that the parent's row and its
   * other children are left out.
   *
   * @param values the first key parts, in order; at most all of them
   */
  public Key prefix(List<? extends @Nullable Object> values) {
    return writePrefix(values).toKey();
  }

  /** The keys that begin with {@code values}; with all parts, also rows interleaved in this one. */
  public KeyRange prefixRange(List<? extends @Nullable Object> values) {
    return KeyRange.prefix(prefix(values));
  }

  /**
   * The keys whose first parts are equal to {@code equal} and whose next part lies between two
   * bounds, in the part's own order (a descending part is handled here, not by the caller).
   *
   * @param equal the first parts; fewer than all
   * @param lower the next part's lower bound, null for none
   * @param upper the next part's upper bound, null for none
   */
  public KeyRange range(
      List<? extends @Nullable Object> equal, @Nullable Bound lower, @Nullable Bound upper) {
    boolean descending = parts[equal.size()].descending;
    Bound first = descending ? upper : lower;
    Bound last = descending ? lower : upper;
    KeyRange all = prefixRange(equal);
    Key start = all.start();
    Key end = all.end();
    if (first != null) {
      Key bound = prefixWith(equal, first.value);
      start = first.inclusive ? bound : afterPrefix(bound);
    }
    if (last != null) {
      Key bound = prefixWith(equal, last.value);
      end = last.inclusive ? afterPrefix(bound) : bound;
    }
    return new KeyRange(start, end);
  }

  private Key prefixWith(List<? extends @Nullable Object> equal, Object value) {
    KeyWriter out = writePrefix(equal);
    Part part = parts[equal.size()];
    KeyPartCodec.write(out, part.type, value, part.descending);
    return out.toKey();
  }

  /** Never null: a key begins with the key space, which is not ff. */
  private static Key afterPrefix(Key prefix) {
    Key end = prefix.prefixEnd();
    if (end == null) {
      throw Invariants.unreachable("prefix %s has no end", prefix);
    }
    return end;
  }

  /**
   * Reads a key.
   *
   * @param row where the key's values are put, at their columns' positions
   * @return whether the key is one of this table; if not, {@code row} may be partly filled
   * @throws io.meridiandb.wire.MeridianException DATA_CORRUPTED if the key cannot be read
   */
  public boolean decode(Key key, @Nullable Object[] row) {
    return walk(key, row);
  }

  /**
   * The first key parts of a key that begins like this table's, as many as it has: of a border
   * between directories, which need not be a row's whole key.
   *
   * @param key of the one placement of this codec
   * @throws MeridianException DATA_CORRUPTED if it ends in the middle of a part
   */
  public List<@Nullable Object> leading(Key key) {
    List<@Nullable Object> values = new ArrayList<>();
    KeyReader in = new KeyReader(key);
    in.skip(prefix(List.of()).length());
    for (int i = 0; i < parts.length && in.remaining() > 0; i++) {
      values.add(KeyPartCodec.read(in, parts[i].type, parts[i].descending));
      if (in.remaining() > 0 && !readIds(in, i + 1)) {
        break;
      }
    }
    return values;
  }

  /**
   * Whether the key is one of this table, not of a parent or of a table interleaved in the same.
   */
  public boolean owns(Key key) {
    return walk(key, null);
  }

  private boolean walk(Key key, @Nullable Object @Nullable [] row) {
    Key found = headOf(key);
    if (found == null) {
      return false;
    }
    KeyReader in = new KeyReader(key);
    in.skip(found.length());
    if (!readIds(in, 0)) {
      return false;
    }
    for (int i = 0; i < parts.length; i++) {
      Part part = parts[i];
      if (row == null) {
        KeyPartCodec.skip(in, part.type, part.descending);
      } else {
        row[part.column] = KeyPartCodec.read(in, part.type, part.descending);
      }
      if (!readIds(in, i + 1)) {
        return false;
      }
    }
    return in.remaining() == 0;
  }

  private boolean readIds(KeyReader in, int part) {
    for (long id : idsBefore[part]) {
      if (in.remaining() == 0 || KeyPartCodec.readInteger(in) != id) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Key headOf(Key key) {
    Key only = head;
    if (only != null) {
      return key.startsWith(only) ? only : null;
    }
    for (Key each : heads.values()) {
      if (key.startsWith(each)) {
        return each;
      }
    }
    return null;
  }

  private KeyWriter start(Key from) {
    KeyWriter out = new KeyWriter();
    out.put(from.bytes());
    writeIds(out, 0);
    return out;
  }

  private KeyWriter writePrefix(List<? extends @Nullable Object> values) {
    Invariants.check(
        values.size() <= parts.length, "%d parts for table %s", values.size(), table.name());
    Key only = head;
    if (only == null) {
      throw Invariants.unreachable("keys of table %s without a placement", table.name());
    }
    KeyWriter out = start(only);
    for (int i = 0; i < values.size(); i++) {
      KeyPartCodec.write(out, parts[i].type, values.get(i), parts[i].descending);
      writeIds(out, i + 1);
    }
    return out;
  }

  private void writeIds(KeyWriter out, int part) {
    writeIds(out, part, 0);
  }

  private void writeIds(KeyWriter out, int part, int without) {
    long[] ids = idsBefore[part];
    for (int i = 0; i < ids.length - without; i++) {
      KeyPartCodec.writeInteger(out, ids[i]);
    }
  }
}
