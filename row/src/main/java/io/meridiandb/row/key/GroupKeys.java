package io.meridiandb.row.key;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import org.jspecify.annotations.Nullable;

/**
 * Keys of the rows that belong to one Paxos group and never leave it: key space 3, then the group's
 * number as ordered integer, then which part. They are ordinary versioned rows, written by ordinary
 * transactions, so that moving a directory is one transaction over the rows of two groups (protocol
 * C5, G23).
 *
 * <ul>
 *   <li>part 1: the group's copy of the schema version, a row as {@link SystemKeys#SCHEMA_VERSION};
 *   <li>part 2, then the start of a key range: what the group knows of that range, above all
 *       whether it owns it. These rows are the authority about who owns what.
 * </ul>
 */
public final class GroupKeys {
  /** The first byte of every such key. */
  public static final int SPACE = 3;

  private static final int PART_SCHEMA_VERSION = 1;
  private static final int PART_DIRECTORY = 2;

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
    return KeyRange.prefix(start(group).toKey());
  }

  /**
   * The group's copy of the schema version. Group 0 has none: its row is {@link
   * SystemKeys#SCHEMA_VERSION}.
   */
  public static Key schemaVersion(GroupId group) {
    if (group.equals(GroupId.ZERO)) {
      return SystemKeys.SCHEMA_VERSION;
    }
    KeyWriter out = start(group);
    out.put(PART_SCHEMA_VERSION);
    return out.toKey();
  }

  /** What {@code group} knows of the range that begins at {@code start}. */
  public static Key directory(GroupId group, Key start) {
    KeyWriter out = start(group);
    out.put(PART_DIRECTORY);
    out.put(start.bytes());
    return out.toKey();
  }

  /** All that {@code group} knows of ranges, in the order of their starts. */
  public static KeyRange directories(GroupId group) {
    KeyWriter out = start(group);
    out.put(PART_DIRECTORY);
    return KeyRange.prefix(out.toKey());
  }

  /**
   * Where the range begins of which a row of {@link #directories} speaks.
   *
   * @param directory a key as {@link #directory} makes them
   */
  public static Key rangeStart(Key directory) {
    KeyReader in = new KeyReader(directory);
    readGroup(in);
    Invariants.check(in.next() == PART_DIRECTORY, "key %s is not of a directory", directory);
    byte[] start = new byte[in.remaining()];
    System.arraycopy(directory.bytes(), in.position(), start, 0, start.length);
    return Key.of(start);
  }

  /** The group that {@code key} belongs to; null if it is not of this key space. */
  public static @Nullable GroupId groupOf(Key key) {
    return isLocal(key) && key.length() > 1 ? readGroup(new KeyReader(key)) : null;
  }

  private static GroupId readGroup(KeyReader in) {
    Invariants.check(in.next() == SPACE, "a key of another space");
    return new GroupId(KeyPartCodec.readInteger(in));
  }

  private static KeyWriter start(GroupId group) {
    KeyWriter out = new KeyWriter();
    out.put(SPACE);
    KeyPartCodec.writeInteger(out, group.value());
    return out;
  }
}
