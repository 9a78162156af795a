package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.Ballot;

/**
 * A voter has promised a group away from a lessee.
 *
 * @param number the value of the voter's counter with this revocation
 * @param group the group
 * @param ballot the lessee's ballot that no longer counts there
 */
public record Revocation(long number, GroupId group, Ballot ballot) {}
