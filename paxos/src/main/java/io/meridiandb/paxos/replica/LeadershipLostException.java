package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;

/** The leadership ended before the command was known to be chosen: its outcome is unknown. */
public final class LeadershipLostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LeadershipLostException(GroupId group, long index) {
    super(
        "the leadership of %s ended before entry %d was known to be chosen"
            .formatted(group, index));
  }

  LeadershipLostException(GroupId group, String what) {
    super("the leadership of %s ended before %s".formatted(group, what));
  }
}
