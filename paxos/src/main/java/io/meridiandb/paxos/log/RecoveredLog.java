package io.meridiandb.paxos.log;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import java.util.SortedMap;

/**
 * What a server's log holds after a start.
 *
 * @param leaseBound the longest lease that may be out (protocol G2); zero on a fresh server
 * @param timeMark a moment that has surely passed; {@link Timestamp#MIN} on a fresh server
 * @param groups every group with a record, by id
 */
public record RecoveredLog(
    Duration leaseBound, Timestamp timeMark, SortedMap<GroupId, RecoveredGroup> groups) {

  /** The group's state; empty if the log knows nothing of it. */
  public RecoveredGroup group(GroupId group) {
    RecoveredGroup found = groups.get(group);
    return found == null ? RecoveredGroup.empty(group) : found;
  }
}
