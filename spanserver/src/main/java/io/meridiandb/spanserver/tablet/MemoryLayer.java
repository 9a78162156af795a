package io.meridiandb.spanserver.tablet;

import io.meridiandb.row.key.KeyRange;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A memtable that is not written to any more, and what was wiped since.
 *
 * @param table its versions
 * @param hidden keys that are not shown
 */
record MemoryLayer(Memtable table, RangeSet hidden) {

  MemoryLayer hiding(KeyRange range) {
    return new MemoryLayer(table, hidden.plus(range));
  }

  Map.@Nullable Entry<VersionedKey, byte[]> ceiling(VersionedKey seek) {
    return hidden.contains(seek.key) ? null : table.ceiling(seek);
  }

  /** Versions from {@code from} to before {@code to} (null: to the end), or that backwards. */
  Iterator<Map.Entry<VersionedKey, byte[]>> range(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse) {
    return hidden.without(from, to, reverse, table::range);
  }
}
