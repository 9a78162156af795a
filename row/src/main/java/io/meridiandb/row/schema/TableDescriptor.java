package io.meridiandb.row.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table as tablets and the planner see it; immutable.
 *
 * @param id 64-bit, never reused
 * @param name its name
 * @param columns in the order of {@code SELECT *}
 * @param primaryKey the parts of the key, in order; a child's key begins with its parent's
 * @param parent the table in whose rows this one's are interleaved, or null for a root table
 * @param cascadeDelete whether deleting a parent row deletes its rows here (ON DELETE CASCADE)
 * @param placement where the rows are kept; only that of a root table counts
 */
public record TableDescriptor(
    long id,
    String name,
    List<ColumnDescriptor> columns,
    List<KeyPart> primaryKey,
    @Nullable TableDescriptor parent,
    boolean cascadeDelete,
    Placement placement) {
  public TableDescriptor {
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
  }

  /** A table that is not placed. */
  public TableDescriptor(
      long id,
      String name,
      List<ColumnDescriptor> columns,
      List<KeyPart> primaryKey,
      @Nullable TableDescriptor parent,
      boolean cascadeDelete) {
    this(id, name, columns, primaryKey, parent, cascadeDelete, Placement.DEFAULT);
  }

  /** The root table of the interleaving. */
  public TableDescriptor root() {
    return parent == null ? this : parent.root();
  }

  /** The same table, its root placed otherwise. */
  public TableDescriptor placed(Placement next) {
    return new TableDescriptor(
        id,
        name,
        columns,
        primaryKey,
        parent == null ? null : parent.placed(next),
        cascadeDelete,
        parent == null ? next : placement);
  }

  /**
   * Whether rows of both are written and read in the same way. A table that has only been moved to
   * another placement is still the same to those who use it.
   */
  public boolean sameRows(@Nullable TableDescriptor other) {
    if (other == null) {
      return false;
    }
    boolean onlyMoved =
        root().placement() instanceof Placement.OfTable mine
            && other.root().placement() instanceof Placement.OfTable theirs
            && mine.keyId() == theirs.keyId();
    return equals(onlyMoved ? other.placed(root().placement()) : other);
  }

  /**
   * The column that places a row of this table, if rows are placed one by one: the root's PLACEMENT
   * KEY, or the part of a child's key that repeats it.
   *
   * @return its position in this table's columns; -1 if there is none
   */
  public int placementColumn() {
    TableDescriptor root = root();
    if (!(root.placement() instanceof Placement.ByRow byRow)) {
      return -1;
    }
    if (parent == null) {
      return byRow.column();
    }
    for (int i = 0; i < root.primaryKey().size(); i++) {
      if (root.primaryKey().get(i).column() == byRow.column()) {
        return primaryKey.get(i).column();
      }
    }
    return -1;
  }
}
