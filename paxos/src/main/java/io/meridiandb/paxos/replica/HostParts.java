package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import java.util.function.Consumer;

/**
 * What a {@link ReplicaHost} gives to its replicas.
 *
 * @param leases of the server
 * @param closing the closed timestamps between this server and each other
 * @param reads from the log, for all groups
 * @param dispensable is told of a group whose replica here nobody needs any more
 * @param stir is told when the time may matter to a replica soon
 */
record HostParts(
    LeaseManager leases,
    CloseStreams closing,
    EntryReads reads,
    Consumer<GroupId> dispensable,
    Runnable stir) {}
