package io.meridiandb.placement;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.key.KeyRange;

/**
 * A directory as METADATA has it: an index that follows what the groups themselves say.
 *
 * @param id never reused; 0 stands for all that nobody has carved out of group 0
 * @param range its keys
 * @param generation grows with each move, split and merge
 * @param group who owns it
 * @param placementId the placement that it belongs to
 * @param bytes estimate of its size at the owner's leader; -1 if it did not answer
 */
public record DirectoryInfo(
    long id, KeyRange range, long generation, GroupId group, long placementId, long bytes) {}
