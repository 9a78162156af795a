package io.meridiandb.placement;

import io.meridiandb.kernel.id.GroupId;
import java.util.List;

/**
 * A placement as METADATA has it.
 *
 * @param id never reused; 0 is the default placement, that of group 0
 * @param name as the user wrote it; {@code default} for number 0
 * @param options what replicas its groups have
 * @param groups its groups; new directories go to the one with the fewest bytes
 */
public record PlacementInfo(long id, String name, PlacementOptions options, List<GroupId> groups) {
  /** The number of the default placement. */
  public static final long DEFAULT_ID = 0;

  /** The name of the default placement. */
  public static final String DEFAULT_NAME = "default";

  public PlacementInfo {
    groups = List.copyOf(groups);
  }
}
