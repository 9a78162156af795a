package io.meridiandb.row.key;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.schema.SystemTables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of the rows that belong to one Paxos group and never leave it: key space 3, then the group's
 * number as ordered integer, then the table's id. They are ordinary versioned rows, written by
 * ordinary transactions, so that moving a directory is one transaction over the rows of two groups
 * (protocol C5, G23).
 *
 * <ul>
 *   <li>{@link SystemTables#groupSchemaVersion}: the group's copy of the schema version;
 *   <li>{@link SystemTables#groupDirectories}: what the group knows of key ranges, above all
 *       whether it owns them. These rows are the authority about who owns what.
 *   <li>{@link SystemTables#groupArrivals}: what is being copied into the group.
 * </ul>
 */
public final class GroupKeys {
  /** The first byte of every such key. */
  public static final int SPACE = 3;

  private GroupKeys() {}

  /** All rows of all groups. */
  public static KeyRange all() {
    return KeyRange.prefix(Key.of(new byte[] {SPACE}));
  }

  /** Whether {@code key} belongs to a group, whatever directories there are. */
  public static boolean isLocal(Key key) {
    return key.length() > 0 && key.bytes()[0] == SPACE;
  }

  /** All rows that belong to {@code group}. */
  public static KeyRange allOf(GroupId group) {
    KeyWriter out = new KeyWriter();
    out.put(SPACE);
    KeyPartCodec.writeInteger(out, group.value());
    return KeyRange.prefix(out.toKey());
  }

  /**
   * The group's copy of the schema version. Group 0 has none: its row is {@link
   * SystemKeys#SCHEMA_VERSION}.
   */
  public static Key schemaVersion(GroupId group) {
    if (group.equals(GroupId.ZERO)) {
      return SystemKeys.SCHEMA_VERSION;
    }
    return KeyCodec.of(SystemTables.groupSchemaVersion(group)).prefix(List.of(0L));
  }

  /** What {@code group} knows of the range that begins at {@code start}. */
  public static Key directory(GroupId group, Key start) {
    return KeyCodec.of(SystemTables.groupDirectories(group)).prefix(List.of(start.bytes()));
  }

  /** All that {@code group} knows of ranges, in the order of their starts. */
  public static KeyRange directories(GroupId group) {
    return KeyCodec.of(SystemTables.groupDirectories(group)).prefixRange(List.of());
  }

  /** The directory that begins at {@code start} and is being copied into {@code group}. */
  public static Key arrival(GroupId group, Key start) {
    return KeyCodec.of(SystemTables.groupArrivals(group)).prefix(List.of(start.bytes()));
  }

  /** What is being copied into {@code group}, in the order of the ranges' starts. */
  public static KeyRange arrivals(GroupId group) {
    return KeyCodec.of(SystemTables.groupArrivals(group)).prefixRange(List.of());
  }

  /** The group that {@code key} belongs to; null if it is not of this key space. */
  public static @Nullable GroupId groupOf(Key key) {
    if (!isLocal(key) || key.length() == 1) {
      return null;
    }
    KeyReader in = new KeyReader(key);
    in.skip(1);
    return new GroupId(KeyPartCodec.readInteger(in));
  }
}
