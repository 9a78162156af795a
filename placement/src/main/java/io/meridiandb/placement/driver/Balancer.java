package io.meridiandb.placement.driver;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.GroupInfo;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to move off an overfull group: the largest directory that leaves the emptiest group
 * of the same placement less full than the fullest was. One move at a time; a pure function.
 */
final class Balancer {
  private Balancer() {}

  /**
   * What to do.
   *
   * @param directory which directory; null: the placement needs another group first
   * @param destination where to
   */
  record Advice(@Nullable DirectoryInfo directory, @Nullable GroupId destination, long placement) {}

  /**
   * Looks for something to do.
   *
   * @param overfull so many bytes are too many for a group
   * @return null if there is nothing
   */
  static @Nullable Advice advise(
      List<GroupInfo> groups, List<DirectoryInfo> directories, long overfull) {
    return groups.stream()
        .filter(group -> group.bytes() > overfull)
        .sorted(Comparator.comparingLong(GroupInfo::bytes).reversed())
        .map(full -> relieve(full, groups, directories))
        .filter(advice -> advice != null)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Advice relieve(
      GroupInfo full, List<GroupInfo> groups, List<DirectoryInfo> directories) {
    GroupInfo emptiest =
        groups.stream()
            .filter(group -> group.placementId() == full.placementId())
            .filter(group -> !group.id().equals(full.id()) && group.bytes() >= 0)
            .filter(group -> group.state().equals("OPEN"))
            .min(Comparator.comparingLong(GroupInfo::bytes))
            .orElse(null);
    List<DirectoryInfo> mine =
        directories.stream()
            .filter(each -> each.group().equals(full.id()) && each.id() != 0 && each.bytes() > 0)
            .toList();
    if (emptiest == null) {
      return mine.size() < 2 ? null : new Advice(null, null, full.placementId());
    }
    long room = (full.bytes() - emptiest.bytes()) / 2;
    return mine.stream()
        .filter(each -> each.bytes() <= room)
        .max(Comparator.comparingLong(DirectoryInfo::bytes))
        .map(each -> new Advice(each, emptiest.id(), full.placementId()))
        .orElse(null);
  }
}
