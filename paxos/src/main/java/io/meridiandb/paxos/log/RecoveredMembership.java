package io.meridiandb.paxos.log;

import com.google.protobuf.ByteString;
import io.meridiandb.paxos.Ballot;

/**
 * What the log knows of a group's members besides the {@code CONFIGURATION} entries in it.
 *
 * @param index the configuration was in force at this index
 * @param configuration encoded; empty if none was ever recorded
 * @param floorBallot with {@code floorIndex}: how far the log reached that an earlier replica of
 *     the group had on this server; before the present one reaches as far it promises nothing
 * @param floorIndex see {@code floorBallot}
 */
public record RecoveredMembership(
    long index, ByteString configuration, Ballot floorBallot, long floorIndex) {
  /** Nothing recorded. */
  public static final RecoveredMembership NONE =
      new RecoveredMembership(0, ByteString.EMPTY, Ballot.ZERO, 0);
}
