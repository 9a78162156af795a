package io.meridiandb.paxos.lease;

/**
 * A voter's count of the groups that it has taken away from one lessee. It travels in every lease
 * reply, PROMISE and ACCEPTED, so that the lessee can tell which of them were said before a
 * revocation and which after (protocol G1).
 *
 * @param incarnation the voter's; counts of another start cannot be compared
 * @param revocations how many groups of this lessee the voter has promised to others
 */
public record LeaseCounter(long incarnation, long revocations) {}
