package io.meridiandb.placement;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where data lives, and how that is changed: placements, their groups, directories and their moves
 * (Spanner OSDI'12 2; protocol C5). Every method may wait and is called on a fiber; any fiber of
 * any server may call it. What is begun here and not finished because its server dies is finished
 * by the placement driver.
 *
 * <p>Errors are {@link io.meridiandb.wire.MeridianException}s for people: UNDEFINED_OBJECT for what
 * does not exist, DUPLICATE_OBJECT, DEPENDENT_OBJECTS, INVALID_PARAMETER_VALUE for options that no
 * set of servers meets, UNAVAILABLE for what should be tried again.
 */
public interface PlacementAdmin {
  /**
   * Creates a placement with one group; returns when a majority of the group's voters has it and it
   * has a leader.
   */
  PlacementInfo create(String name, PlacementOptions options);

  /**
   * Gives a placement other options, online: its groups get the members that follow from them,
   * keeping those that they have where that is possible. Returns when all of them have; if that
   * takes too long (UNAVAILABLE) it goes on all the same. A server does not change between having
   * data and being a witness of the same group.
   */
  void alter(String name, PlacementOptions options);

  /** Drops a placement to which no directory belongs. */
  void drop(String name);

  /** All placements, the default one first. */
  List<PlacementInfo> placements();

  /** A placement by name; null if there is none. */
  @Nullable PlacementInfo find(String name);

  /** A placement by number; null if there is none. */
  @Nullable PlacementInfo find(long placementId);

  /**
   * Makes a range in which there is no row yet a directory of a placement. Nothing happens if it is
   * one already, or for the default placement as long as group 0 owns the range.
   */
  void assign(KeyRange range, long placementId);

  /**
   * Moves all keys of a range to a placement's group, directory by directory: those that begin and
   * end within it, what is left becomes directories of its own. Online (protocol G23).
   *
   * @return the sum of all moves; the longest time blocked
   */
  MoveReport move(KeyRange range, long placementId);

  /** Moves a range to a group; if it is no directory yet it becomes one. Online (protocol G23). */
  MoveReport moveDirectory(KeyRange range, GroupId destination);

  /** Moves a directory to a group. Online (protocol G23). */
  MoveReport moveDirectory(long directoryId, GroupId destination);

  /** Cuts the directory that holds {@code at} in two; {@code at} is the first key of the second. */
  void split(Key at);

  /** Makes one directory of that which ends at {@code at} and that which begins there. */
  void merge(Key at);

  /** All directories, in the order of their keys; first the implicit one of group 0. */
  List<DirectoryInfo> directories();

  /** All groups with what their members say of themselves. */
  List<GroupInfo> groups();

  /** Moves under way and the last ones that ended. */
  List<MoveInfo> moves();

  /** All zones. */
  List<ZoneInfo> zones();

  /** All spanservers. */
  List<ServerInfo> servers();

  /**
   * The groups that own parts of a range, with shared locks on what says so: none of it changes its
   * owner before the transaction ends. For DDL, which writes the schema version of each (protocol
   * G15).
   */
  List<GroupId> lockOwners(Transaction transaction, KeyRange range);
}
