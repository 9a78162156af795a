package io.meridiandb.sql.plan.physical;

import io.meridiandb.row.schema.TableDescriptor;
import java.util.List;

/**
 * A table interleaved in another, with those interleaved in it: what a DELETE must look at.
 *
 * @param table whose parent is the table above
 * @param children tables interleaved in it
 */
public record ChildTable(TableDescriptor table, List<ChildTable> children) {
  public ChildTable {
    children = List.copyOf(children);
  }
}
