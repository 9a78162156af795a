package io.meridiandb.placement;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;

/**
 * One replica, as its server says.
 *
 * @param group of which group
 * @param server where
 * @param type {@code full}, {@code witness} or {@code read-only}
 * @param leading whether it leads
 * @param appliedIndex the last log entry applied
 * @param closed reads up to here can be served by it; {@link Timestamp#MIN} if none
 * @param bytes estimate of its data
 */
public record ReplicaInfo(
    GroupId group,
    ServerId server,
    String type,
    boolean leading,
    long appliedIndex,
    Timestamp closed,
    long bytes) {}
