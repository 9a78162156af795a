package io.meridiandb.spanserver.tablet;

import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Versions that are not in a file yet; the log has them. One strand writes, anyone reads. A
 * tombstone is an empty value.
 */
final class Memtable {
  static final byte[] TOMBSTONE = new byte[0];

  /** What a version costs besides its bytes: the objects of the skip list. */
  private static final int VERSION_OVERHEAD_BYTES = 120;

  private final ConcurrentNavigableMap<VersionedKey, byte[]> versions =
      new ConcurrentSkipListMap<>();
  private long bytes;
  private int largestValue;

  void put(VersionWrite write) {
    byte[] value = write.value() == null ? TOMBSTONE : write.value();
    versions.put(VersionedKey.of(write.key(), write.timestamp()), value);
    bytes += write.key().length() + value.length + VERSION_OVERHEAD_BYTES;
    largestValue = Math.max(largestValue, value.length);
  }

  /** Roughly what it takes of the heap. */
  long bytes() {
    return bytes;
  }

  int largestValue() {
    return largestValue;
  }

  boolean isEmpty() {
    return versions.isEmpty();
  }

  Map.@Nullable Entry<VersionedKey, byte[]> ceiling(VersionedKey seek) {
    return versions.ceilingEntry(seek);
  }

  /** Whether any version lies in a range. */
  boolean touches(KeyRange range) {
    Key end = range.end();
    return range(
            VersionedKey.before(range.start()),
            end == null ? null : VersionedKey.before(end),
            false)
        .hasNext();
  }

  /** Versions from {@code from} to before {@code to} (null: to the end), or that backwards. */
  Iterator<Map.Entry<VersionedKey, byte[]>> range(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse) {
    ConcurrentNavigableMap<VersionedKey, byte[]> part =
        to == null ? versions.tailMap(from, true) : versions.subMap(from, true, to, false);
    return (reverse ? part.descendingMap() : part).entrySet().iterator();
  }
}
