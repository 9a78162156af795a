package io.meridiandb.server;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.truetime.ClockStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node was at one moment.
 *
 * @param time its clock
 * @param sessions open SQL sessions
 * @param groups its groups, by id
 */
public record NodeStatus(ClockStatus time, int sessions, List<GroupStatus> groups) {
  /** TrueTime at that moment. */
  public TTInterval clock() {
    return time.now();
  }

  /** Whether its clock cannot be relied upon. */
  public boolean fenced() {
    return time.fenced();
  }

  /**
   * One group as its replica here sees it.
   *
   * @param members who has a replica, as far as this one's log tells
   * @param leader who leads as far as known, or null
   * @param leading whether this replica leads and its lease is valid
   * @param ballot the highest ballot promised
   * @param appliedIndex the last log entry applied
   * @param stopped whether a broken invariant has stopped the group here
   * @param lags how far the other voters lag, if this replica leads
   */
  public record GroupStatus(
      GroupId group,
      ReplicaSet members,
      @Nullable ServerId leader,
      boolean leading,
      Ballot ballot,
      long appliedIndex,
      boolean stopped,
      List<VoterLag> lags) {}
}
