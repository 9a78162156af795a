package io.meridiandb.row.key;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table's rows. Immutable; make one per descriptor and keep it.
 *
 * <p>A key is, one behind the other:
 *
 * <ol>
 *   <li>the key space, one byte: {@code 00} system tables (ids below {@link
 *       SystemTables#FIRST_USER_ID}), {@code 01} rows, {@code 02} global indexes;
 *   <li>the root table's id and the placement id (0 until placements are built), each as the
 *       ordered integer of {@link KeyPartCodec};
 *   <li>the root table's key parts, each as {@link KeyPartCodec} writes them;
 *   <li>for a table interleaved in it, that table's id as ordered integer, and the key parts which
 *       it adds to its parent's; and so on downwards.
 * </ol>
 *
 * <p>So a row is followed by the rows interleaved in it, and its key is a prefix of theirs alone.
 */
public final class KeyCodec {
  private static final int SPACE_SYSTEM = 0;
  private static final int SPACE_ROWS = 1;
  private static final long PLACEMENT_DEFAULT = 0;
  private static final long[] NONE = {};

  private final TableDescriptor table;
  private final Key head;
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

  private KeyCodec(TableDescriptor table) {
    this.table = table;
    this.parts = new Part[table.primaryKey().size()];
    for (int i = 0; i < parts.length; i++) {
      KeyPart part = table.primaryKey().get(i);
      parts[i] =
          new Part(part.column(), table.columns().get(part.column()).type(), part.descending());
    }
    KeyWriter out = new KeyWriter();
    out.put(table.root().id() < SystemTables.FIRST_USER_ID ? SPACE_SYSTEM : SPACE_ROWS);
    KeyPartCodec.writeInteger(out, table.root().id());
    KeyPartCodec.writeInteger(out, PLACEMENT_DEFAULT);
    this.head = out.toKey();
    this.idsBefore = idsBefore(table);
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
    return new KeyCodec(table);
  }

  /** The table whose keys these are. */
  public TableDescriptor table() {
    return table;
  }

  /**
   * The key of a row.
   *
   * @param row its values in the order of the table's columns; those of the key must be there
   * @throws io.meridiandb.wire.MeridianException PROGRAM_LIMIT_EXCEEDED for a key of more than
   *     {@link Key#BYTES_MAX} bytes
   */
  public Key encode(@Nullable Object[] row) {
    KeyWriter out = start();
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
    KeyWriter out = start();
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
   * Whether the key is one of this table, not of a parent or of a table interleaved in the same.
   */
  public boolean owns(Key key) {
    return walk(key, null);
  }

  private boolean walk(Key key, @Nullable Object @Nullable [] row) {
    if (!key.startsWith(head)) {
      return false;
    }
    KeyReader in = new KeyReader(key);
    in.skip(head.length());
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

  private KeyWriter start() {
    KeyWriter out = new KeyWriter();
    out.put(head.bytes());
    writeIds(out, 0);
    return out;
  }

  private KeyWriter writePrefix(List<? extends @Nullable Object> values) {
    Invariants.check(
        values.size() <= parts.length, "%d parts for table %s", values.size(), table.name());
    KeyWriter out = start();
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
