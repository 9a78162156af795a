package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.participant.VersionStore;
import io.meridiandb.txn.proto.Directory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which keys as one replica of a group knows it: its group's own rows, newest state, kept
 * in memory. The rows are the truth; this is made from the tablet at every start and after every
 * entry that writes one of them. Used on the group's strand.
 *
 * <p>A directory moves with all its versions that anybody may still read, so its owner answers for
 * every timestamp and the former owner for none. A replica of the former owner that does not know
 * of the move yet is held back by the prepared range of the move's transaction: it has that entry
 * once it has closed the timestamps at which the new owner may have written (protocol G23, attack
 * 40). A replica of the new owner that knows that it owns a range has all versions of it, since
 * they stand before that in its log.
 */
public final class DirectoryTable implements Ownership {
  private final GroupId group;
  private final VersionStore store;
  private final KeyRange local;
  private final KeyRange rowKeys;
  private final KeyRange arrivalKeys;
  private final RowCodec codec;
  private final RowCodec arrivalCodec;
  private NavigableMap<Key, DirectoryRow> rows = new TreeMap<>();
  private NavigableMap<Key, Arrival> arrivals = new TreeMap<>();

  /** The table of a group's replica as its tablet has it now. */
  public DirectoryTable(GroupId group, VersionStore store) {
    this.group = group;
    this.store = store;
    this.local = GroupKeys.allOf(group);
    this.rowKeys = GroupKeys.directories(group);
    this.arrivalKeys = GroupKeys.arrivals(group);
    this.codec = RowCodec.of(SystemTables.groupDirectories(group));
    this.arrivalCodec = RowCodec.of(SystemTables.groupArrivals(group));
    refresh();
  }

  /**
   * Whether a row of this key makes part of the table: whoever applies it calls {@link #refresh}.
   */
  public boolean concerns(Key key) {
    return GroupKeys.isLocal(key) && (rowKeys.contains(key) || arrivalKeys.contains(key));
  }

  /**
   * The range that a write empties: a directory is about to be copied in, so nothing that was left
   * of an earlier stay may show. An entry that writes empties first.
   *
   * @param value what is written; null for a deletion
   * @return null if it empties nothing, as almost every write
   */
  public @Nullable KeyRange emptiedBy(Key key, byte @Nullable [] value) {
    if (value == null || !GroupKeys.isLocal(key) || !arrivalKeys.contains(key)) {
      return null;
    }
    @Nullable Object @Nullable [] row = arrivalCodec.decode(key, value);
    if (row == null) {
      return null;
    }
    KeyRange range = Arrival.of(row).range();
    return ownsAny(range) ? null : range; // it is never emptied of what it owns
  }

  /**
   * Whether versions of a directory may be put into the group now: they come from whoever copies it
   * in, and the group does not own it yet. Asked when the entry is applied, so that whatever is
   * late, of a copy given up or ended, does nothing.
   */
  public boolean admits(KeyRange range, long mover) {
    Arrival arrival = arrivals.get(range.start());
    return arrival != null
        && arrival.mover() == mover
        && arrival.range().equals(range)
        && !ownsAny(range);
  }

  /** Reads the table from the tablet: at start, after an install, and when rows were written. */
  public void refresh() {
    NavigableMap<Key, DirectoryRow> read = new TreeMap<>();
    scan(
        rowKeys,
        codec,
        row -> {
          DirectoryRow directory = DirectoryRow.of(row);
          read.put(directory.range().start(), directory);
        });
    checkDisjoint(read);
    NavigableMap<Key, Arrival> coming = new TreeMap<>();
    scan(
        arrivalKeys,
        arrivalCodec,
        row -> {
          Arrival arrival = Arrival.of(row);
          coming.put(arrival.range().start(), arrival);
        });
    rows = read;
    arrivals = coming;
  }

  private void scan(KeyRange range, RowCodec reader, Consumer<@Nullable Object[]> taker) {
    store.scan(
        range,
        false,
        Timestamp.MAX,
        (key, version) -> {
          byte[] value = version.value();
          @Nullable Object @Nullable [] row = value == null ? null : reader.decode(key, value);
          if (row != null) {
            taker.accept(row);
          }
          return true;
        });
  }

  private void checkDisjoint(NavigableMap<Key, DirectoryRow> read) {
    DirectoryRow before = null;
    for (DirectoryRow row : read.values()) {
      Invariants.check(
          before == null || !before.range().overlaps(row.range()),
          "%s knows two directories of one key: %s and %s",
          group,
          before,
          row);
      before = row;
    }
  }

  /** All that the group knows, in the order of the keys. */
  public List<DirectoryRow> rows() {
    return List.copyOf(rows.values());
  }

  /** Which of the rows speak of keys in {@code range}. */
  public List<DirectoryRow> rows(KeyRange range) {
    List<DirectoryRow> found = new ArrayList<>();
    Map.Entry<Key, DirectoryRow> first = rows.floorEntry(range.start());
    Key from = first == null ? range.start() : first.getKey();
    for (DirectoryRow row : rows.tailMap(from, true).values()) {
      Key end = range.end();
      if (end != null && row.range().start().compareTo(end) >= 0) {
        break;
      }
      if (row.range().overlaps(range)) {
        found.add(row);
      }
    }
    return found;
  }

  /** Whether the group owns any key of {@code range}: then nothing may be ingested into it. */
  public boolean ownsAny(KeyRange range) {
    boolean all = group.equals(GroupId.ZERO);
    Key at = range.start();
    for (DirectoryRow row : rows(range)) {
      if (row.owner().equals(group) || (all && at.compareTo(row.range().start()) < 0)) {
        return true;
      }
      Key end = row.range().end();
      if (end == null) {
        return false;
      }
      at = end;
    }
    return all && !new KeyRange(at, range.end()).isEmpty();
  }

  @Override
  public @Nullable List<Directory> notOwned(KeyRange range, Timestamp at) {
    if (range.isEmpty() || isLocal(range)) {
      return null;
    }
    if (rows.isEmpty()) {
      return misses(true) ? List.of() : null;
    }
    List<Directory> hints = new ArrayList<>();
    boolean gaps = false;
    Key covered = range.start();
    for (DirectoryRow row : rows(range)) {
      gaps |= covered.compareTo(row.range().start()) < 0;
      if (!row.owner().equals(group)) {
        hints.add(row.hint());
      }
      Key end = row.range().end();
      if (end == null) {
        return hints.isEmpty() && !misses(gaps) ? null : hints;
      }
      covered = end;
    }
    gaps |= !new KeyRange(covered, range.end()).isEmpty();
    return hints.isEmpty() && !misses(gaps) ? null : hints;
  }

  /** What no row speaks of is group 0's. */
  private boolean misses(boolean gaps) {
    return gaps && !group.equals(GroupId.ZERO);
  }

  private boolean isLocal(KeyRange range) {
    Key end = range.end();
    Key localEnd = local.end();
    return local.contains(range.start())
        && end != null
        && localEnd != null
        && end.compareTo(localEnd) <= 0;
  }
}
