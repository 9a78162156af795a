package io.meridiandb.sql.exec;

import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.TableDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Key ranges of tables whose rows may lie in several placements: one range in each. */
final class PlacedRanges {
  private PlacedRanges() {}

  /**
   * The codecs of the placements in which rows with the given first key values can lie.
   *
   * @param names placements that are named otherwise, null if they are not
   */
  static List<KeyCodec> codecs(
      KeyCodec codec,
      List<? extends @Nullable Object> keyValues,
      @Nullable List<? extends @Nullable Object> names) {
    TableDescriptor table = codec.table();
    if (table.placementColumn() < 0) {
      return List.of(codec);
    }
    for (int i = 0; i < keyValues.size(); i++) {
      if (table.primaryKey().get(i).column() == table.placementColumn()) {
        return named(codec, List.of(String.valueOf(keyValues.get(i))));
      }
    }
    return names == null ? codec.perPlacement() : named(codec, names);
  }

  /** A name that is no placement has no rows. */
  private static List<KeyCodec> named(KeyCodec codec, List<? extends @Nullable Object> names) {
    return names.stream()
        .map(codec::placement)
        .filter(id -> id != null)
        .distinct()
        .map(codec::in)
        .toList();
  }

  /** The rows whose key begins with these values: points if they are all of the key. */
  static List<KeyRange> equal(
      KeyCodec codec,
      List<? extends @Nullable Object> values,
      @Nullable List<? extends @Nullable Object> names) {
    List<KeyRange> ranges = new ArrayList<>(1);
    for (KeyCodec placed : codecs(codec, values, names)) {
      Key prefix = placed.prefix(values);
      ranges.add(
          values.size() == codec.table().primaryKey().size()
              ? KeyRange.point(prefix)
              : KeyRange.prefix(prefix));
    }
    return ranges;
  }

  /** Sorts the ranges and makes one of those that overlap or touch. */
  static List<KeyRange> merge(List<KeyRange> ranges) {
    ranges.sort(Comparator.comparing(KeyRange::start));
    List<KeyRange> merged = new ArrayList<>(ranges.size());
    KeyRange last = ranges.getFirst();
    for (KeyRange next : ranges.subList(1, ranges.size())) {
      Key end = last.end();
      if (end != null && next.start().compareTo(end) > 0) {
        merged.add(last);
        last = next;
      } else {
        last = new KeyRange(last.start(), later(end, next.end()));
      }
    }
    merged.add(last);
    return merged;
  }

  private static @Nullable Key later(@Nullable Key a, @Nullable Key b) {
    if (a == null || b == null) {
      return null;
    }
    return a.compareTo(b) >= 0 ? a : b;
  }
}
