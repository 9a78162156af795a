package io.meridiandb.placement;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Paxos group: what METADATA says, and what its servers say.
 *
 * @param id its number
 * @param placementId the placement that it belongs to
 * @param state {@code CREATING} until all its members have it, then {@code OPEN}; {@code DROPPED}
 * @param full the members that vote, hold data and may lead
 * @param witnesses the members that vote and hold the log only
 * @param readOnly the members that hold data and do not vote
 * @param leader who leads; null if nobody says so
 * @param directories how many directories it owns, its implicit one not counted
 * @param bytes estimate of its size at its leader; -1 if it did not answer
 * @param replicas what each member says of itself; members that do not answer are left out
 */
public record GroupInfo(
    GroupId id,
    long placementId,
    String state,
    List<ServerId> full,
    List<ServerId> witnesses,
    List<ServerId> readOnly,
    @Nullable ServerId leader,
    int directories,
    long bytes,
    List<ReplicaInfo> replicas) {
  public GroupInfo {
    full = List.copyOf(full);
    witnesses = List.copyOf(witnesses);
    readOnly = List.copyOf(readOnly);
    replicas = List.copyOf(replicas);
  }
}
