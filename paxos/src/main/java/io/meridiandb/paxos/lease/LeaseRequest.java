package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.time.Timestamp;

/**
 * A lessee asks a voter for a lease that covers all groups whose promise it holds there: one for
 * each pair of servers, not for each group.
 *
 * @param lessee who asks
 * @param until E: the lessee's {@code TT.now().earliest} plus the lease's length
 * @param known the last counter of this voter that the lessee has acted on; incarnation 0 if none
 * @param echo the voter's own clock as its last reply showed it; {@link Timestamp#MIN} if none has
 *     come. It proves that the voter's words reach the lessee (protocol G9)
 */
public record LeaseRequest(Lessee lessee, Timestamp until, LeaseCounter known, Timestamp echo) {}
