package io.meridiandb.txn.participant;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Clocks;

/**
 * What a participant stands on.
 *
 * @param group whose transactions it takes part in
 * @param store this replica's rows
 * @param replication the group's log
 * @param strand where all of it runs
 * @param clocks measures how long gateways have been silent
 */
public record ParticipantContext(
    GroupId group,
    VersionStore store,
    Replication replication,
    Strand strand,
    Clocks clocks,
    Events events) {}
