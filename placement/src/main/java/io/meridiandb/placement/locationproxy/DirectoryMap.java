package io.meridiandb.placement.locationproxy;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Router.Located;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which group is believed to own which keys. Immutable. What nothing is known of is group 0's; a
 * group's own rows (key space 3) are always its own.
 */
final class DirectoryMap {
  /** Nothing is known: group 0 owns everything. */
  static final DirectoryMap EMPTY = new DirectoryMap(new TreeMap<>());

  /**
   * What is known of a range.
   *
   * @param generation of each key it only grows: the greater one is the newer knowledge
   */
  record Entry(KeyRange range, long generation, GroupId group) {
    Entry of(@Nullable Key from, @Nullable Key to) {
      return new Entry(
          new KeyRange(from == null ? range.start() : from, to == null ? range.end() : to),
          generation,
          group);
    }
  }

  private final NavigableMap<Key, Entry> entries;

  private DirectoryMap(NavigableMap<Key, Entry> entries) {
    this.entries = entries;
  }

  /** This knowledge and more; where both speak of a key the newer wins. */
  DirectoryMap with(List<Entry> more) {
    NavigableMap<Key, Entry> result = new TreeMap<>(entries);
    for (Entry entry : more) {
      if (!entry.range.isEmpty()) {
        add(result, entry);
      }
    }
    return new DirectoryMap(result);
  }

  private static void add(NavigableMap<Key, Entry> known, Entry fresh) {
    Entry rest = fresh;
    for (Entry old : overlapping(known, fresh.range)) {
      if (old.generation >= fresh.generation) {
        if (rest.range.start().compareTo(old.range.start()) < 0) {
          put(known, rest.of(null, old.range.start()));
        }
        Key end = old.range.end();
        if (end == null) {
          return;
        }
        rest = rest.of(later(rest.range.start(), end), null);
      } else {
        known.remove(old.range.start());
        if (old.range.start().compareTo(fresh.range.start()) < 0) {
          put(known, old.of(null, fresh.range.start()));
        }
        Key end = fresh.range.end();
        if (end != null) {
          put(known, old.of(end, null));
        }
      }
    }
    put(known, rest);
  }

  private static Key later(Key a, Key b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static void put(NavigableMap<Key, Entry> known, Entry entry) {
    if (!entry.range.isEmpty()) {
      known.put(entry.range.start(), entry);
    }
  }

  private static List<Entry> overlapping(NavigableMap<Key, Entry> known, KeyRange range) {
    List<Entry> found = new ArrayList<>();
    Map.Entry<Key, Entry> first = known.floorEntry(range.start());
    Key from = first == null ? range.start() : first.getKey();
    for (Entry entry : known.tailMap(from, true).values()) {
      Key end = range.end();
      if (end != null && entry.range.start().compareTo(end) >= 0) {
        break;
      }
      if (entry.range.overlaps(range)) {
        found.add(entry);
      }
    }
    return found;
  }

  GroupId locate(Key key) {
    GroupId local = GroupKeys.groupOf(key);
    if (local != null) {
      return local;
    }
    Map.Entry<Key, Entry> entry = entries.floorEntry(key);
    return entry != null && entry.getValue().range.contains(key)
        ? entry.getValue().group
        : GroupId.ZERO;
  }

  /** The pieces of {@code range} by group; neighbours lie in different ones. */
  List<Located> cut(KeyRange range) {
    GroupId local = GroupKeys.groupOf(range.start());
    if (local != null) {
      return List.of(new Located(range, local));
    }
    List<Located> pieces = new ArrayList<>();
    Key at = range.start();
    for (Entry entry : overlapping(entries, range)) {
      if (at.compareTo(entry.range.start()) < 0) {
        append(pieces, new KeyRange(at, entry.range.start()), GroupId.ZERO);
        at = entry.range.start();
      }
      Key end = first(entry.range.end(), range.end());
      append(pieces, new KeyRange(at, end), entry.group);
      if (end == null) {
        return pieces;
      }
      at = end;
    }
    KeyRange rest = new KeyRange(at, range.end());
    if (!rest.isEmpty() || pieces.isEmpty()) {
      append(pieces, rest, GroupId.ZERO);
    }
    return pieces;
  }

  private static @Nullable Key first(@Nullable Key a, @Nullable Key b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static void append(List<Located> pieces, KeyRange range, GroupId group) {
    if (!pieces.isEmpty() && pieces.getLast().group().equals(group)) {
      KeyRange before = pieces.removeLast().range();
      pieces.add(new Located(new KeyRange(before.start(), range.end()), group));
    } else {
      pieces.add(new Located(range, group));
    }
  }
}
