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
 */
public record TableDescriptor(
    long id,
    String name,
    List<ColumnDescriptor> columns,
    List<KeyPart> primaryKey,
    @Nullable TableDescriptor parent,
    boolean cascadeDelete) {
  public TableDescriptor {
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
  }

  /** The root table of the interleaving. */
  public TableDescriptor root() {
    return parent == null ? this : parent.root();
  }
}
